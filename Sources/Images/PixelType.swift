/// The channels that a model takes, in its order: ncnn's word, with the meanings of `Mat::PixelType` and of `pixel=` of
/// `ncnn2table`.
public enum PixelType: String, Hashable, Sendable, Codable, CaseIterable {
    case rgb, bgr, gray, rgba, bgra

    /// How many there are.
    public var channels: Int {
        switch self {
        case .gray: 1
        case .rgb, .bgr: 3
        case .rgba, .bgra: 4
        }
    }

    /// Whether one of them is alpha.
    var hasAlpha: Bool { channels == 4 }

    /// For each channel, which one of R, G, B, A it is. Gray is none of them.
    var order: [Int] {
        switch self {
        case .gray: []
        case .rgb: [0, 1, 2]
        case .bgr: [2, 1, 0]
        case .rgba: [0, 1, 2, 3]
        case .bgra: [2, 1, 0, 3]
        }
    }
}

extension Pixels {
    /// One channel of the type, as bytes.
    ///
    /// Gray is (77 R + 150 G + 29 B) / 256 without a remainder (ncnn src/mat_pixel.cpp at a4d2ea1d), so that a gray file
    /// keeps its values.
    func channel(_ index: Int, of type: PixelType) -> [UInt8] {
        let starts = stride(from: 0, to: bytes.count, by: channels)
        guard type != .gray else {
            return starts.map { start in
                let sum = Int(bytes[start]) * 77 + Int(bytes[start + 1]) * 150 + Int(bytes[start + 2]) * 29
                return UInt8(sum >> 8)
            }
        }
        let offset = type.order[index]
        return starts.map { bytes[$0 + offset] }
    }
}
