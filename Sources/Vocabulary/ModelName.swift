public import SystemPackage

/// The name of a model: its path below the watched folder without the ending, such as `vision/resnet18`.
///
/// File names are bytes, names are text. Bytes that are not UTF-8, control characters and `%` itself are written as
/// `%XX`, so that a name can always be printed and two files never share one.
public struct ModelName: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    public let text: String

    /// A name as text, as it stands in the ledger or on a command line.
    public init(_ text: String) {
        self.text = text
    }

    /// The name for the bytes of a path below the watched folder, its ending already removed.
    public init(escaping path: FilePath) {
        self.text = path.withPlatformString { pointer in
            var bytes: [UInt8] = []
            var next = pointer
            while next.pointee != 0 {
                bytes.append(UInt8(bitPattern: next.pointee))
                next += 1
            }
            return Self.escape(bytes)
        }
    }

    public var description: String { text }

    /// The last part: `resnet18` of `vision/resnet18`.
    public var base: String {
        text.split(separator: "/").last.map(String.init) ?? text
    }

    // Strings are equal where they mean the same letters. File names are equal where they have the same bytes: an é may be
    // one code point in one name and two in the other.

    public static func == (left: ModelName, right: ModelName) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    public static func < (left: ModelName, right: ModelName) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    public init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    private static func escape(_ bytes: [UInt8]) -> String {
        let valid = String(validating: bytes, as: UTF8.self) != nil
        var text: [UInt8] = []
        for byte in bytes {
            let plain = byte >= 0x20 && byte != 0x7F && byte != UInt8(ascii: "%") && (byte < 0x80 || valid)
            if plain {
                text.append(byte)
            } else {
                text.append(UInt8(ascii: "%"))
                text.append(contentsOf: String(byte, radix: 16, uppercase: true).leftPadded(to: 2).utf8)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension String {
    fileprivate func leftPadded(to width: Int) -> String {
        String(repeating: "0", count: max(0, width - count)) + self
    }
}
