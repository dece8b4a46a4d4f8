/// Reads the text of a `.param` the way ncnn's scanner does, but says what is wrong and where.
///
/// ncnn reads with scanf formats and does not care for line ends; this scanner takes a layer's params on the following
/// lines too, but wants its type, name, counts and blobs on one line, so that a wrong count is named where it stands.
struct ParamScanner {
    private let text: [UInt8]
    private let file: String
    private var position = 0
    private var line = 1
    /// The line on which the layer read last ends.
    private var lineOfEnd = 0

    /// ncnn's limits: `NCNN_MAX_PARAM_COUNT`, and the widths of its scanf formats.
    private static let idCount = 32
    private static let longestName = 255
    private static let longestNumber = 15
    private static let longestString = 255
    private static let oldArrayBase = 23300
    private static let magic = 7_767_517

    init(_ text: [UInt8], file: String) {
        self.text = text
        self.file = file
    }

    // MARK: The file

    mutating func scanFile() throws(FormatError) -> [ParamLayer] {
        let (layerCount, blobCount) = try scanHeader()
        try refuseNul()
        var layers: [ParamLayer] = []
        var blobs = 0
        while skipSpace() {
            guard layers.count < layerCount else {
                throw error("header says \(layerCount) layers, here begins layer number \(layers.count + 1)")
            }
            // ncnn takes two layers on one line; but a param put behind the first would run into what parts them, where
            // that is no blank.
            if let last = layers.last, line == lineOfEnd {
                throw error("a second layer begins on the line of layer \(last.name), wanted each on a line of its own")
            }
            let layer = try scanLayer(index: layers.count)
            lineOfEnd = line
            blobs += layer.tops.count
            layers.append(layer)
        }
        guard layers.count == layerCount else {
            throw error("header says \(layerCount) layers, the file ends after \(layers.count)")
        }
        guard blobs <= blobCount else {
            throw FormatError(file: file, .line(2), "header says \(blobCount) blobs, the layers make \(blobs)")
        }
        return layers
    }

    /// To ncnn, which reads into C strings, a name ends at a zero byte and would be another one.
    private func refuseNul() throws(FormatError) {
        guard let place = text.firstIndex(of: 0) else { return }
        let line = text[..<place].reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
        throw FormatError(file: file, .line(line), "holds a zero byte at offset \(place), wanted text")
    }

    private mutating func scanHeader() throws(FormatError) -> (layers: Int, blobs: Int) {
        // The binary form starts with the same number in four little-endian bytes.
        if text.starts(with: [0xDD, 0x85, 0x76, 0x00]) {
            throw FormatError(
                file: file, .whole,
                "this is ncnn's binary param form, which has lost the layer names; give the text form (.param)")
        }
        guard skipSpace() else {
            throw error("the file is empty, wanted the magic number \(Self.magic)")
        }
        let found = word()
        guard number(found) == Self.magic else {
            throw error("wrong magic '\(abridged(found))', wanted \(Self.magic)")
        }
        return (try scanCount("layer count"), try scanCount("blob count"))
    }

    private mutating func scanCount(_ what: String) throws(FormatError) -> Int {
        guard skipSpace() else {
            throw error("the file ends before the \(what)")
        }
        let found = word()
        guard let count = number(found), count > 0 else {
            throw error("'\(abridged(found))' is no \(what), wanted a whole number above 0")
        }
        return count
    }

    // MARK: A layer

    private mutating func scanLayer(index: Int) throws(FormatError) -> ParamLayer {
        let start = line
        let type = try scanName("type", of: nil)
        if type.utf8.contains(UInt8(ascii: "=")) {
            throw error("'\(abridged(type))' stands where a layer type should; is a bottom or top count wrong?")
        }
        let name = try scanName("name", of: type)
        let bottomCount = try scanBlobCount("bottom count", of: name)
        let topCount = try scanBlobCount("top count", of: name)
        var bottoms: [String] = []
        for number in 0..<bottomCount {
            bottoms.append(try scanName("bottom \(number + 1) of \(bottomCount)", of: name))
        }
        var tops: [String] = []
        for number in 0..<topCount {
            tops.append(try scanName("top \(number + 1) of \(topCount)", of: name))
        }
        var end = position
        var params: [Int: ParamLayer.Param] = [:]
        while let id = try scanKey(of: name) {
            let value = try scanValue(of: id.number, oldArray: id.oldArray, layer: name)
            params[id.number] = ParamLayer.Param(value: value, range: id.start..<position)
            end = position
        }
        return ParamLayer(
            index: index, line: start, type: type, name: name, bottoms: bottoms, tops: tops, params: params, end: end)
    }

    private mutating func scanName(_ what: String, of layer: String?) throws(FormatError) -> String {
        skipBlanks()
        let name = word()
        guard !name.isEmpty else {
            throw error("the line ends before the \(what)", layer: layer)
        }
        guard name.count <= Self.longestName else {
            throw error("the \(what) has \(name.count) bytes, ncnn reads at most \(Self.longestName)", layer: layer)
        }
        return string(name)
    }

    private mutating func scanBlobCount(_ what: String, of layer: String) throws(FormatError) -> Int {
        let found = try scanName(what, of: layer)
        guard let count = Int32(found), count >= 0 else {
            throw error("'\(abridged(found))' is no \(what), wanted a whole number", layer: layer)
        }
        return Int(count)
    }

    // MARK: Params

    /// The next `id=`, on this line or a following one; nil where the next word is the type of the next layer.
    private mutating func scanKey(
        of layer: String
    ) throws(FormatError) -> (number: Int, oldArray: Bool, start: Int)? {
        let before = (position, line)
        guard skipSpace(), let first = peek(),
            isDigit(first) || first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
        else {
            (position, line) = before
            return nil
        }
        let start = position
        position += 1
        while let byte = peek(), isDigit(byte) { position += 1 }
        let digits = string(start..<position)
        guard peek() == UInt8(ascii: "=") else {
            while let byte = peek(), !isSpace(byte) { position += 1 }
            throw error(
                "'\(abridged(string(start..<position)))' is neither a param (id=value) nor a layer", layer: layer)
        }
        position += 1
        guard let written = Int(digits) else {
            throw error("'\(abridged(digits))' is no param id", layer: layer)
        }
        let oldArray = written <= -Self.oldArrayBase
        // `written` is an Int that came from at most 19 digits; negation of anything but Int.min is safe.
        let (negated, overflow) = Int(0).subtractingReportingOverflow(written)
        let number = oldArray && !overflow ? negated - Self.oldArrayBase : written
        guard !overflow, (0..<Self.idCount).contains(number) else {
            throw error("param id \(digits) is out of range, ncnn has 0 to \(Self.idCount - 1)", layer: layer)
        }
        return (number, oldArray, start)
    }

    private mutating func scanValue(
        of id: Int, oldArray: Bool, layer: String
    ) throws(FormatError) -> ParamValue {
        if oldArray { return try scanOldArray(of: id, layer: layer) }
        guard let first = peek() else { return try scanNumbers(of: id, layer: layer) }
        if first == UInt8(ascii: "\"") { return .string(try scanQuotedString(of: id, layer: layer)) }
        if isLetter(first) { return .string(try scanPlainString(of: id, layer: layer)) }
        return try scanNumbers(of: id, layer: layer)
    }

    /// `-233NN=count,a,b`: ncnn's first way to write an array.
    private mutating func scanOldArray(of id: Int, layer: String) throws(FormatError) -> ParamValue {
        let length = try scanNumber(of: id, layer: layer)
        guard let count = Int32(length), count >= 0 else {
            throw error("'\(length)' is no length for the array of param \(id)", layer: layer)
        }
        var elements: [String] = []
        while peek() == UInt8(ascii: ",") {
            position += 1
            elements.append(try scanNumber(of: id, layer: layer))
        }
        guard elements.count == Int(count) else {
            throw error("the array of param \(id) has \(elements.count) elements, it says \(count)", layer: layer)
        }
        return try array(elements, of: id, layer: layer)
    }

    /// `NN=a` and `NN=a,b`.
    private mutating func scanNumbers(of id: Int, layer: String) throws(FormatError) -> ParamValue {
        let first = try scanNumber(of: id, layer: layer)
        guard peek() == UInt8(ascii: ",") else {
            return Self.isFloat(first)
                ? .float(try float(first, of: id, layer: layer)) : .int(try int(first, of: id, layer: layer))
        }
        var elements = [first]
        while peek() == UInt8(ascii: ",") {
            position += 1
            // One element is written with a comma behind it.
            guard let next = peek(), !isSpace(next) else { break }
            elements.append(try scanNumber(of: id, layer: layer))
        }
        return try array(elements, of: id, layer: layer)
    }

    private mutating func scanNumber(of id: Int, layer: String) throws(FormatError) -> String {
        let start = position
        while let byte = peek(), !isSpace(byte), byte != UInt8(ascii: ",") { position += 1 }
        let number = string(start..<position)
        guard !number.isEmpty else {
            throw error("param \(id) has no value", layer: layer)
        }
        guard number.utf8.count <= Self.longestNumber else {
            throw error(
                "the value '\(abridged(number))' of param \(id) has \(number.utf8.count) characters, ncnn reads at most "
                    + "\(Self.longestNumber)", layer: layer)
        }
        // ncnn ends a value at a blank, a comma or a line end; a tab would become part of it and hide what follows.
        if let byte = peek(), byte != UInt8(ascii: ","), byte != UInt8(ascii: " "), !onlySpaceFollows() {
            throw error(
                "param \(id) is followed by byte \(byte), which ncnn takes for a part of the value; write a blank",
                layer: layer)
        }
        return number
    }

    private mutating func scanQuotedString(of id: Int, layer: String) throws(FormatError) -> String {
        position += 1
        let start = position
        while let byte = peek(), byte != UInt8(ascii: "\""), !atLineEnd() { position += 1 }
        guard peek() == UInt8(ascii: "\"") else {
            throw error("the string of param \(id) has no closing quote", layer: layer)
        }
        let value = try limited(string(start..<position), of: id, layer: layer)
        position += 1
        return value
    }

    private mutating func scanPlainString(of id: Int, layer: String) throws(FormatError) -> String {
        let start = position
        while let byte = peek(), byte != UInt8(ascii: " "), !atLineEnd() { position += 1 }
        let value = string(start..<position)
        return try limited(value.hasSuffix("\"") ? String(value.dropLast()) : value, of: id, layer: layer)
    }

    private func limited(_ value: String, of id: Int, layer: String) throws(FormatError) -> String {
        guard value.utf8.count <= Self.longestString else {
            throw error(
                "the string of param \(id) has \(value.utf8.count) bytes, ncnn reads at most \(Self.longestString)",
                layer: layer)
        }
        return value
    }

    private func array(_ elements: [String], of id: Int, layer: String) throws(FormatError) -> ParamValue {
        if elements.contains(where: Self.isFloat) {
            var floats: [Float] = []
            for element in elements { floats.append(try float(element, of: id, layer: layer)) }
            return .floats(floats)
        }
        var ints: [Int32] = []
        for element in elements { ints.append(try int(element, of: id, layer: layer)) }
        return .ints(ints)
    }

    private func int(_ number: String, of id: Int, layer: String) throws(FormatError) -> Int32 {
        guard let value = Int32(number) else {
            throw error("'\(number)' of param \(id) is no 32-bit integer", layer: layer)
        }
        return value
    }

    private func float(_ number: String, of id: Int, layer: String) throws(FormatError) -> Float {
        // Swift does not take "1." or ".5e3" forms the same way in every version; strtof's decimal forms are wanted.
        guard let value = DecimalFloat.parse(number.utf8) else {
            throw error("'\(number)' of param \(id) is no number", layer: layer)
        }
        return value
    }

    private static func isFloat(_ number: String) -> Bool {
        number.utf8.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }
    }

    // MARK: Bytes

    private func peek() -> UInt8? {
        position < text.count ? text[position] : nil
    }

    /// Skips blanks and line ends; false at the end of the file.
    private mutating func skipSpace() -> Bool {
        while let byte = peek(), isSpace(byte) {
            if byte == UInt8(ascii: "\n") { line += 1 }
            position += 1
        }
        return position < text.count
    }

    private mutating func skipBlanks() {
        while let byte = peek(), isSpace(byte), byte != UInt8(ascii: "\n") { position += 1 }
    }

    /// Where the next word stands. Its text is made by whoever knows that it is short: it may be all of a damaged file.
    private mutating func word() -> Range<Int> {
        let start = position
        position = text[start...].firstIndex(where: isSpace) ?? text.count
        return start..<position
    }

    /// The whole number that stands here, if it is one of 32 bits.
    private func number(_ word: Range<Int>) -> Int? {
        word.count > 20 ? nil : Int32(string(word)).map(Int.init)
    }

    /// At the end of the file or of a line, be it LF or CR LF.
    private func atLineEnd() -> Bool {
        guard let byte = peek() else { return true }
        if byte == UInt8(ascii: "\n") { return true }
        guard byte == UInt8(ascii: "\r") else { return false }
        return position + 1 == text.count || text[position + 1] == UInt8(ascii: "\n")
    }

    /// Whether nothing but blanks, tabs and the like stands before the end of the line.
    private func onlySpaceFollows() -> Bool {
        text[position...].prefix { $0 != UInt8(ascii: "\n") }.allSatisfy(isSpace)
    }

    private func string(_ range: Range<Int>) -> String {
        String(decoding: text[range], as: UTF8.self)
    }

    private func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }

    private func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private func isLetter(_ byte: UInt8) -> Bool {
        let lower = byte | 0x20
        return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lower)
    }

    private func error(_ clause: String, layer: String? = nil) -> FormatError {
        FormatError(file: file, .line(line), layer: layer, clause)
    }

    private func abridged(_ word: Range<Int>) -> String {
        // Four bytes a character are the most: what may be all of a damaged file is not made a text.
        abridged(string(word.prefix(4 * 41)))
    }

    private func abridged(_ text: String) -> String {
        text.dropFirst(40).isEmpty ? text : text.prefix(40) + "…"
    }
}
