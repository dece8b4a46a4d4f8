public import SystemPackage

/// A path as text: written like the names of models, so that it can always be printed and searched, and read back to the
/// same bytes.
public enum PathText {
    /// The text of a path.
    public static func text(of path: FilePath) -> String {
        ModelName(escaping: path).text
    }

    /// The path of such a text; an escape that is none stands for itself.
    public static func path(of text: String) -> FilePath {
        var bytes: [CInterop.PlatformChar] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let escaped = escapedByte(rest.prefix(2)) {
                bytes.append(CInterop.PlatformChar(bitPattern: escaped))
                rest = rest.dropFirst(2)
            } else {
                bytes.append(CInterop.PlatformChar(bitPattern: byte))
            }
        }
        return FilePath(platformString: bytes + [0])
    }

    private static func escapedByte(_ digits: ArraySlice<UInt8>) -> UInt8? {
        guard digits.count == 2 else { return nil }
        return UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
