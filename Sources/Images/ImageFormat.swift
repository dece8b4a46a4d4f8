import CImages
import ModelFormat

/// A kind of image file, known by its first bytes whatever its name is.
enum ImageFormat: String, CaseIterable, Sendable {
    case png = "PNG"
    case jpeg = "JPEG"

    /// The bytes that a file begins with.
    var magic: [UInt8] {
        switch self {
        case .png: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        case .jpeg: [0xFF, 0xD8, 0xFF]
        }
    }

    /// The endings of names, in lower case.
    var endings: [String] {
        switch self {
        case .png: ["png"]
        case .jpeg: ["jpg", "jpeg"]
        }
    }

    var readHeader: quantd_image_header_reader {
        switch self {
        case .png: quantd_png_header
        case .jpeg: quantd_jpeg_header
        }
    }

    var readPixels: quantd_image_pixel_reader {
        switch self {
        case .png: quantd_png_pixels
        case .jpeg: quantd_jpeg_pixels
        }
    }
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
        guard let format = ImageFormat.allCases.first(where: { content.starts(with: $0.magic) }) else {
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
        throw FormatError(file: file, .whole, "cannot be decoded as \(rawValue): \(words.loweringFirst)")
    }
}

extension String {
    /// The words of a library as a clause: "Premature end" begins with a small letter, "JPEG" does not.
    fileprivate var loweringFirst: String {
        guard let first, dropFirst().first?.isLowercase == true else { return self }
        return first.lowercased() + dropFirst()
    }
}
