/// A `.param` in its text form: the layers of a network, and the text itself for lossless editing.
///
/// Values of this type are checked: counts agree with the header, every blob that is read was made by an earlier layer,
/// no name is given twice.
public struct ParamFile: Sendable {
    /// The file's name, for errors.
    public let file: String
    /// The text as it was read.
    public let text: [UInt8]
    public let layers: [ParamLayer]

    /// Reads and checks a `.param`.
    ///
    /// - Parameter file: the name that errors give the file.
    /// - Throws: `FormatError` with the line.
    public init(_ text: [UInt8], file: String) throws(FormatError) {
        var scanner = ParamScanner(text, file: file)
        let layers = try scanner.scanFile()
        try Self.checkNames(of: layers, file: file)
        self.file = file
        self.text = text
        self.layers = layers
    }

    /// A change of one param of one layer.
    public struct Edit: Hashable, Sendable {
        public let layer: Int
        public let id: Int
        public let value: Int

        public init(layer: Int, id: Int, value: Int) {
            self.layer = layer
            self.id = id
            self.value = value
        }
    }

    /// The text with these params set and every other byte as it was: a param that is there gets its value replaced, one
    /// that is not is put behind the layer's last token.
    public func text(applying edits: [Edit]) -> [UInt8] {
        var changes: [(range: Range<Int>, bytes: [UInt8])] = []
        for edit in edits {
            let layer = layers[edit.layer]
            if let param = layer.params[edit.id] {
                changes.append((param.range, Array("\(edit.id)=\(edit.value)".utf8)))
            } else {
                changes.append((layer.end..<layer.end, Array(" \(edit.id)=\(edit.value)".utf8)))
            }
        }
        // A stable order keeps several insertions at one place in the order of the edits.
        let ordered = changes.enumerated().sorted {
            ($0.element.range.lowerBound, $0.offset) < ($1.element.range.lowerBound, $1.offset)
        }
        var result: [UInt8] = []
        result.reserveCapacity(text.count + 16 * edits.count)
        var copied = 0
        for (_, change) in ordered {
            result += text[copied..<change.range.lowerBound]
            result += change.bytes
            copied = change.range.upperBound
        }
        return result + text[copied...]
    }

    private static func checkNames(of layers: [ParamLayer], file: String) throws(FormatError) {
        var lineOfLayer: [String: Int] = [:]
        var producer: [String: ParamLayer] = [:]
        for layer in layers {
            if let line = lineOfLayer.updateValue(layer.line, forKey: layer.name) {
                throw FormatError(
                    file: file, .line(layer.line), layer: layer.name,
                    "duplicate name, line \(line) has a layer of this name already")
            }
            for bottom in layer.bottoms where producer[bottom] == nil {
                throw FormatError(
                    file: file, .line(layer.line), layer: layer.name,
                    "unknown bottom '\(bottom)', no earlier layer makes a blob of this name")
            }
            for top in layer.tops {
                if let other = producer.updateValue(layer, forKey: top) {
                    throw FormatError(
                        file: file, .line(layer.line), layer: layer.name,
                        "duplicate top '\(top)', layer \(other.name) on line \(other.line) makes a blob of this name already"
                    )
                }
            }
        }
    }
}
