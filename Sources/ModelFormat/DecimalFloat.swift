/// Decimal numbers as `strtof` takes them: sign, digits with or without a point on either side, exponent.
///
/// No hexadecimal, no `inf`, no `nan`: in the files read here each of those is damage, and the caller names it.
enum DecimalFloat {
    /// The nearest float; infinity where the number is beyond the largest; nil where the text is no decimal number.
    static func parse(_ text: some StringProtocol) -> Float? {
        var rest = text.utf8[...]
        var plain: [UInt8] = []
        if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
            if sign == UInt8(ascii: "-") { plain.append(sign) }
            rest.removeFirst()
        }
        let whole = takeDigits(&rest)
        var fraction: [UInt8] = []
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            fraction = takeDigits(&rest)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        plain += whole.isEmpty ? [UInt8(ascii: "0")] : whole
        plain.append(UInt8(ascii: "."))
        plain += fraction.isEmpty ? [UInt8(ascii: "0")] : fraction
        if let mark = rest.first, mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") {
            rest.removeFirst()
            plain.append(UInt8(ascii: "e"))
            if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
                plain.append(sign)
                rest.removeFirst()
            }
            let exponent = takeDigits(&rest)
            guard !exponent.isEmpty else { return nil }
            plain += exponent
        }
        guard rest.isEmpty else { return nil }
        return Float(String(decoding: plain, as: UTF8.self))
    }

    private static func takeDigits<Bytes: Collection<UInt8>>(_ rest: inout Bytes) -> [UInt8]
    where Bytes.SubSequence == Bytes {
        let digits = Array(rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        rest = rest.dropFirst(digits.count)
        return digits
    }
}
