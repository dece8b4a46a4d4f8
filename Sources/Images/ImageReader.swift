public import ModelFormat
public import Numerics
public import SystemPackage

/// Turns image files into what a model takes, as ncnn's own programs do: the pixels of `cv::imread`, then
/// `Mat::from_pixels_resize`, then `substract_mean_normalize`.
public struct ImageReader: Sendable {
    /// Width and height of what comes out; nil where each image keeps its size.
    private let size: (width: Int, height: Int)?
    private let crop: Double?
    private let pixel: PixelType
    /// For each channel, what becomes of each of the 256 values.
    private let values: [[Float]]

    /// Images larger than this are no samples, and files are read at once.
    private static let mostBytes = 1 << 28

    /// - Throws: `ImageSettingsError` where keys are missing or do not fit each other.
    public init(_ settings: ImageSettings) throws(ImageSettingsError) {
        if let misfit = settings.misfit { throw ImageSettingsError(misfit) }
        guard let shape = settings.shape, let pixel = settings.pixel, let mean = settings.mean, let norm = settings.norm
        else {
            throw ImageSettingsError(
                "images need shape, pixel, mean and norm in [images] of the model's settings (.toml, --settings), missing: "
                    + settings.missing.joined(separator: ", "))
        }
        size = shape[0] > 0 ? (shape[0], shape[1]) : nil
        crop = settings.crop
        self.pixel = pixel
        values = zip(mean, norm).map { mean, norm in
            let (mean, norm) = (Float(mean), Float(norm))
            // One rounding for product and sum, as on every processor that has fused ones: what the runtime computes
            // there (ncnn src/layer/x86/scale_x86.cpp at a4d2ea1d).
            let summand = -mean * norm
            return (0...255).map { summand.addingProduct(Float($0), norm) }
        }
    }

    /// The shape of every tensor, `[channels, height, width]`; nil where each image keeps its size.
    public var shape: [Int]? {
        size.map { [pixel.channels, $0.height, $0.width] }
    }

    /// An image as the model takes it, of shape `[channels, height, width]`.
    ///
    /// - Throws: `FormatError` where the file cannot be read or decoded.
    public func tensor(_ path: FilePath) throws(FormatError) -> Tensor {
        let file = path.lastComponent?.string ?? path.string
        let content = try FileBytes.contents(of: path, limit: Self.mostBytes)
        return try tensor(decoding: content, file: file)
    }

    /// The same from the bytes of a file.
    ///
    /// - Throws: `FormatError` where they cannot be decoded.
    public func tensor(decoding content: [UInt8], file: String) throws(FormatError) -> Tensor {
        let decoded = try Pixels(decoding: content, file: file, hasAlpha: pixel.hasAlpha)
        let pixels =
            size.map { decoded.resized(decoded.region($0, crop), width: $0.width, height: $0.height) } ?? decoded
        let plane = pixels.width * pixels.height
        do {
            return try Tensor(floats: [pixel.channels, pixels.height, pixels.width]) { floats in
                for (channel, values) in values.enumerated() {
                    for (index, byte) in pixels.channel(channel, of: pixel).enumerated() {
                        floats[channel * plane + index] = values[Int(byte)]
                    }
                }
            }
        } catch {
            throw FormatError(file: file, .whole, "\(error)")
        }
    }
}

/// Why images cannot be read with these settings: one clause with the keys.
public struct ImageSettingsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One lower-case clause.
    public let clause: String

    init(_ clause: String) {
        self.clause = clause
    }

    public var description: String { clause }
}

extension Pixels {
    /// The part of the picture that is stretched to a size: all of it, or, with a part to crop to, that part of the largest
    /// centred rectangle of the size's proportions.
    func region(_ size: (width: Int, height: Int), _ crop: Double?) -> Region {
        guard let crop else { return Region(x: 0, y: 0, width: width, height: height) }
        // How many of the picture's pixels one of the size's covers.
        let scale = min(Double(width) / Double(size.width), Double(height) / Double(size.height)) * crop
        func side(_ wanted: Int, of extent: Int) -> Int {
            min(extent, max(1, Int((Double(wanted) * scale).rounded())))
        }
        let (columns, rows) = (side(size.width, of: width), side(size.height, of: height))
        return Region(x: (width - columns) / 2, y: (height - rows) / 2, width: columns, height: rows)
    }
}
