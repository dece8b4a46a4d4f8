/// What an operator says where its bottoms or params do not fit; the network adds the layer and makes it an
/// `InferenceError`.
struct Misfit: Error, CustomStringConvertible {
    /// One lower-case clause with the numbers, wanted and found.
    let description: String

    init(_ clause: String) {
        self.description = clause
    }
}
