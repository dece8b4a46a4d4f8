/// Decimal numbers as `strtof` takes them: sign, digits with or without a point on either side, exponent.
///
/// No hexadecimal, no `inf`, no `nan`: in the files read here each of those is damage, and the caller names it.
enum DecimalFloat {
    /// The nearest float; infinity where the number is beyond the largest; nil where the text is no decimal number.
    static func parse<Text: Collection<UInt8>>(_ text: Text) -> Float? {
        var rest = text[...]
        let isNegative = takeSign(&rest)
        var digits: UInt64 = 0
        let whole = takeDigits(&rest, &digits)
        var decimals = 0
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            decimals = takeDigits(&rest, &digits)
        }
        guard whole + decimals > 0 else { return nil }
        var exponent: UInt64 = 0
        var hasNegativeExponent = false
        var exponentDigits = 0
        if let mark = rest.first, mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") {
            rest.removeFirst()
            hasNegativeExponent = takeSign(&rest)
            exponentDigits = takeDigits(&rest, &exponent)
            guard exponentDigits > 0 else { return nil }
        }
        guard rest.isEmpty else { return nil }
        if whole + decimals <= 15, exponentDigits <= 3 {
            let power = (hasNegativeExponent ? -Int(exponent) : Int(exponent)) - decimals
            if let float = exact(digits, power) { return isNegative ? -float : float }
        }
        return Float(plain(text))
    }

    /// Fifteen digits and 10²² are exact in 64 bits, so that one operation gives the nearest double; and that rounds on to
    /// the nearest float, unless it lies halfway between two (Clinger, "How to read floating point numbers accurately", 1990).
    private static func exact(_ digits: UInt64, _ power: Int) -> Float? {
        if digits == 0 { return 0 }
        guard (-22...22).contains(power) else { return nil }
        let value = power < 0 ? Double(digits) / powersOfTen[-power] : Double(digits) * powersOfTen[power]
        let isHalfway = value.bitPattern & 0x1FFF_FFFF == 0x1000_0000
        return isHalfway || value < Double(Float.leastNormalMagnitude) ? nil : Float(value)
    }

    private static let powersOfTen: [Double] = (0...22).map { (0..<$0).reduce(1) { power, _ in power * 10 } }

    /// The same number as Swift takes it in every version: with digits on both sides of the point.
    private static func plain(_ text: some Collection<UInt8>) -> String {
        var plain: [UInt8] = []
        for byte in text {
            if byte == UInt8(ascii: "."), plain.last.map(isDigit) != true { plain.append(UInt8(ascii: "0")) }
            if !isDigit(byte), plain.last == UInt8(ascii: ".") { plain.append(UInt8(ascii: "0")) }
            plain.append(byte)
        }
        if plain.last == UInt8(ascii: ".") { plain.append(UInt8(ascii: "0")) }
        return String(decoding: plain, as: UTF8.self)
    }

    /// Whether there is a minus.
    private static func takeSign<Bytes: Collection<UInt8>>(_ rest: inout Bytes) -> Bool
    where Bytes.SubSequence == Bytes {
        guard let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return false }
        rest.removeFirst()
        return sign == UInt8(ascii: "-")
    }

    /// How many digits there are; `value` is only right where they fit.
    private static func takeDigits<Bytes: Collection<UInt8>>(_ rest: inout Bytes, _ value: inout UInt64) -> Int
    where Bytes.SubSequence == Bytes {
        var count = 0
        while let byte = rest.first, isDigit(byte) {
            value = value &* 10 &+ UInt64(byte - UInt8(ascii: "0"))
            count += 1
            rest.removeFirst()
        }
        return count
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
