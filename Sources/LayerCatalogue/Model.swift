public import ModelFormat

/// A network's `.param` and `.bin` that belong together: the bytes of the one are exactly those that the other asks for.
public struct Model<Bytes: ByteSource>: Sendable {
    public let param: ParamFile
    public let bin: Bytes
    public let layout: BinLayout
    /// The params of each layer by name; nil for a layer type that the catalogue does not have.
    public let params: [LayerParams?]

    /// Joins a `.param` and a `.bin`.
    ///
    /// - Throws: `FormatError` where the `.bin` has too few or too many bytes, with the numbers.
    public init(_ param: ParamFile, bin: Bytes) throws(FormatError) {
        let params = Self.params(of: param)
        switch try Self.layout(of: params, in: bin) {
        case .whole(let layout):
            self.param = param
            self.bin = bin
            self.layout = layout
            self.params = params
        case .short(let found, let wanted, let isExact):
            throw FormatError(
                file: bin.file, .byte(found),
                "the file ends after \(found) bytes, \(param.file) asks for \(isExact ? "" : "about ")\(wanted)")
        case .long(let found, let wanted):
            throw Self.tooLong(param, bin: bin.file, found: found, wanted: wanted)
        }
    }

    /// Whether the bytes of a `.bin` are all there, without asking that they are.
    ///
    /// - Throws: `FormatError` where they can never be: more bytes than the `.param` asks for, or a size that overflows.
    public static func inspect(_ param: ParamFile, bin: Bytes) throws(FormatError) -> BinLayout.Answer {
        let answer = try layout(of: params(of: param), in: bin)
        if case .long(let found, let wanted) = answer {
            throw tooLong(param, bin: bin.file, found: found, wanted: wanted)
        }
        return answer
    }

    private static func params(of param: ParamFile) -> [LayerParams?] {
        param.layers.map { layer in
            LayerCatalogue.type(named: layer.type).map { LayerParams(layer, of: $0, file: param.file) }
        }
    }

    private static func layout(of params: [LayerParams?], in bin: Bytes) throws(FormatError) -> BinLayout.Answer {
        var slots: [[WeightSlot]] = []
        for layer in params {
            slots.append(try layer?.slots() ?? [])
        }
        return try BinLayout.read(slots, from: bin)
    }

    /// An unknown layer type may store weights of its own; then nobody can say where the next layer's begin.
    private static func tooLong(_ param: ParamFile, bin: String, found: Int, wanted: Int) -> FormatError {
        if let custom = param.layers.first(where: { LayerCatalogue.type(named: $0.type) == nil }) {
            return FormatError(
                file: param.file, .line(custom.line), layer: custom.name,
                "the layer type \(custom.type) is unknown and seems to store weights: \(bin) has \(found) bytes, the "
                    + "known layers account for \(wanted); unknown types can only be kept when they store none")
        }
        return FormatError(
            file: bin, .byte(wanted),
            "has \(found) bytes, \(param.file) asks for \(wanted): it belongs to another model")
    }
}
