import CImages
import ModelFormat

/// A kind of image file.
struct ImageFormat: Sendable {
    typealias HeaderReader =
        @Sendable (
            UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<quantd_image_header>?, UnsafeMutablePointer<UInt8>?,
            UnsafeMutablePointer<CChar>?
        ) -> Bool
    typealias PixelReader =
        @Sendable (
            UnsafePointer<UInt8>?, Int, Int32, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<CChar>?
        ) -> Bool

    /// Its name in errors.
    let name: String
    /// What files begin with, whatever their names are.
    let magic: [UInt8]
    /// The endings of names, in lower case.
    let endings: [String]
    let readHeader: HeaderReader
    let readPixels: PixelReader

    static let all = [
        ImageFormat(
            name: "PNG", magic: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], endings: ["png"],
            readHeader: quantd_png_header, readPixels: quantd_png_pixels),
        ImageFormat(
            name: "JPEG", magic: [0xFF, 0xD8, 0xFF], endings: ["jpg", "jpeg"],
            readHeader: quantd_jpeg_header, readPixels: quantd_jpeg_pixels),
    ]
}

extension Pixels {
    /// The picture of a PNG or JPEG, upright: turned and mirrored as its EXIF block asks.
    ///
    /// - Parameters:
    ///   - content: the whole file.
    ///   - file: its name, for errors.
    ///   - hasAlpha: whether a fourth channel is wanted; it is 255 where the file has none.
    /// - Throws: `FormatError` where the file is of another kind, damaged, or larger than `Pixels.most`.
    init(decoding content: [UInt8], file: String, hasAlpha: Bool) throws(FormatError) {
        guard let format = ImageFormat.all.first(where: { content.starts(with: $0.magic) }) else {
            let start = content.prefix(4).map { String($0, radix: 16) }.joined(separator: " ")
            throw FormatError(
                file: file, .whole,
                content.isEmpty ? "is empty" : "is neither PNG nor JPEG, it begins with bytes \(start)")
        }
        var header = quantd_image_header()
        var exif = [UInt8](repeating: 0, count: quantd_image_exif_capacity)
        try format.call(file) { format.readHeader(content, content.count, &header, &exif, $0) }
        let (width, height, channels) = (Int(header.width), Int(header.height), hasAlpha ? 4 : 3)
        guard (1...Self.longestSide).contains(width), (1...Self.longestSide).contains(height),
            width * height <= Self.most
        else {
            throw FormatError(
                file: file, .whole,
                "has \(width)×\(height) pixels, images are read up to \(Self.most) pixels and \(Self.longestSide) a side"
            )
        }
        var bytes = [UInt8](repeating: 0, count: width * height * channels)
        try format.call(file) { format.readPixels(content, content.count, Int32(channels), &bytes, $0) }
        let orientation = Orientation(exif: exif.prefix(header.exif_count))
        self = Pixels(width: width, height: height, channels: channels, bytes: bytes).turned(orientation)
    }
}

extension ImageFormat {
    /// Calls a decoder, and throws with its clause where it fails.
    fileprivate func call(
        _ file: String, _ decoder: (UnsafeMutablePointer<CChar>) -> Bool
    ) throws(FormatError) {
        var clause = [CChar](repeating: 0, count: quantd_image_clause_capacity)
        guard !decoder(&clause) else { return }
        let words = String(decoding: clause.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        throw FormatError(file: file, .whole, "cannot be decoded as \(name): \(words.loweringFirst)")
    }
}

extension String {
    /// The words of a library as a clause: "Premature end" begins with a small letter, "JPEG" does not.
    fileprivate var loweringFirst: String {
        guard let first, dropFirst().first?.isLowercase == true else { return self }
        return first.lowercased() + dropFirst()
    }
}
