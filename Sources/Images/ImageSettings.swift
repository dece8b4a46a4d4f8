/// What a model wants done to an image before it is given to it, as `[images]` says it: `shape`, `pixel`, `mean` and
/// `norm` are the arguments of ncnn's `ncnn2table`, with its meanings. Each key may be missing, since the daemon's
/// configuration and the model's own settings say them together.
public struct ImageSettings: Hashable, Sendable, Codable {
    /// Width and height, and the number of channels where it is said too; zeros leave each image its size.
    public var shape: [Int]?
    public var pixel: PixelType?
    /// For each channel what is subtracted, on the scale 0 to 255 (`mean_vals` of `substract_mean_normalize`).
    public var mean: [Double]?
    /// For each channel what the difference is multiplied with (`norm_vals`).
    public var norm: [Double]?
    /// The part of the image that is taken: of the largest centred rectangle of the shape's proportions this part of each
    /// side. Without it the whole image is stretched to the shape.
    public var crop: Double?

    public init(
        shape: [Int]? = nil, pixel: PixelType? = nil, mean: [Double]? = nil, norm: [Double]? = nil, crop: Double? = nil
    ) {
        self.shape = shape
        self.pixel = pixel
        self.mean = mean
        self.norm = norm
        self.crop = crop
    }

    /// The keys without which no image can be read, and are not there.
    var missing: [String] {
        let keys: [(String, Bool)] = [
            ("shape", shape == nil), ("pixel", pixel == nil), ("mean", mean == nil), ("norm", norm == nil),
        ]
        return keys.filter(\.1).map(\.0)
    }

    /// What is wrong with the keys that are there; nil where nothing is.
    ///
    /// - Returns: one clause with the key, what is wanted and what was found.
    public var misfit: String? {
        if let shape {
            guard shape.count == 2 || shape.count == 3 else {
                return "images.shape is \(shape), wanted width and height"
            }
            let sides = shape.prefix(2)
            guard sides.allSatisfy((1...Self.longestSide).contains) || sides.allSatisfy({ $0 == 0 }) else {
                return "images.shape is \(shape), wanted a width and a height of 1 to \(Self.longestSide), or two zeros"
            }
            guard sides.reduce(1, *) <= Pixels.most else {
                return "images.shape is \(shape), images have up to \(Pixels.most) pixels"
            }
            if let crop, shape[0] == 0 {
                return "images.crop is \(crop), and images.shape is \(shape): without a size nothing is cropped"
            }
        }
        for (key, values) in [("mean", mean), ("norm", norm)] {
            if let value = values?.first(where: { !(-1e6...1e6).contains($0) }) {
                return "images.\(key) has \(value), wanted -1000000 to 1000000"
            }
        }
        if let crop, !(crop > 0 && crop <= 1) {
            return "images.crop is \(crop), wanted more than 0, and 1 at most"
        }
        guard let pixel else { return nil }
        if let shape, shape.count == 3, shape[2] != pixel.channels {
            return "images.shape ends in \(shape[2]), wanted the \(pixel.channels) channels of \(pixel.rawValue)"
        }
        for (key, values) in [("mean", mean), ("norm", norm)] {
            if let values, values.count != pixel.channels {
                return "images.\(key) has length \(values.count), wanted \(pixel.channels) for \(pixel.rawValue)"
            }
        }
        return nil
    }

    private static let longestSide = 16384
}
