import SystemPackage

/// A path as a `file:` URI (RFC 8089): every byte that is not unreserved in RFC 3986, but for the slash, is written as `%XX`.
enum FileURI {
    static func text(of path: FilePath) -> String {
        path.withPlatformString { pointer in
            var text = "file://"
            var next = pointer
            while next.pointee != 0 {
                let byte = UInt8(bitPattern: next.pointee)
                if plain.contains(byte) {
                    text.unicodeScalars.append(Unicode.Scalar(byte))
                } else {
                    text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
                }
                next += 1
            }
            return text
        }
    }

    private static let plain = Set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/".utf8)
}
