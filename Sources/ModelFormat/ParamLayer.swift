/// One layer of a `.param`: what its line says, and where in the text it says it.
public struct ParamLayer: Hashable, Sendable {
    /// One `id=value` of a layer.
    public struct Param: Hashable, Sendable {
        public let value: ParamValue
        /// The bytes of `id=value` in the text.
        let range: Range<Int>
    }

    /// Position in the file, from 0.
    public let index: Int
    /// The line it starts on, from 1.
    public let line: Int
    /// ncnn's layer type, such as `Convolution`.
    public let type: String
    public let name: String
    /// Names of the input blobs.
    public let bottoms: [String]
    /// Names of the output blobs.
    public let tops: [String]
    /// The params by id, 0 to 31. Where an id is written twice the last one counts, as in ncnn.
    public let params: [Int: Param]
    /// Where a further param can be put in: behind the last token of the layer.
    let end: Int

    /// The value of the param `id` as written; nil where the text leaves it to its default.
    public subscript(id: Int) -> ParamValue? {
        params[id]?.value
    }
}
