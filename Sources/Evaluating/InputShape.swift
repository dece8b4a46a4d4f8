import LayerCatalogue
import ModelFormat
import Numerics

/// What an input blob wants to be given.
struct InputShape: Hashable {
    /// How the blob's extents hang on a size that nobody names.
    enum Form: Hashable {
        /// All extents are known.
        case fixed([Int])
        /// Channels of a square picture.
        case picture(channels: Int)
        /// Channels of a line, or rows of so many elements: `[channels, size]`.
        case line(channels: Int)
        /// A sequence of vectors: `[size, width]`.
        case sequence(width: Int)
        /// A sequence of whole numbers from 0 to below the limit.
        case indexes(limit: Int)
    }

    let blob: String
    let form: Form

    /// Whether the size matters.
    var hasSize: Bool {
        if case .fixed = form { false } else { true }
    }

    /// The extents for a size, outermost first.
    func extents(_ size: Int) -> [Int] {
        switch form {
        case .fixed(let extents): extents
        case .picture(let channels): [channels, size, size]
        case .line(let channels): [channels, size]
        case .sequence(let width): [size, width]
        case .indexes: [size]
        }
    }

    // MARK: What the .param says

    /// The shape that an `Input` layer names, by its params or else by its shape hint; nil where it names none.
    ///
    /// A hint (param 30, `-23330=`) has for each top its number of axes and then w, h, c or, since ncnn b1a08ae9, w, h, d,
    /// c.
    static func named(by input: ParamLayer, top: Int = 0) -> [Int]? {
        let extents = [2, 11, 1, 0].map { input[$0]?.int ?? 0 }
        if extents.contains(where: { $0 > 0 }) {
            let (c, d, h, w) = (extents[0], extents[1], extents[2], extents[3])
            return whole(d > 0 ? [c, d, h, w] : c > 0 ? [c, h, w] : h > 0 ? [h, w] : [w])
        }
        guard let hint = input[30]?.ints, !input.tops.isEmpty, hint.count.isMultiple(of: input.tops.count) else {
            return nil
        }
        let length = hint.count / input.tops.count
        guard length == 4 || length == 5, top < input.tops.count else { return nil }
        let words = Array(hint[top * length..<(top + 1) * length])
        let (axes, w, h, c) = (words[0], words[1], words[2], words[length - 1])
        switch axes {
        case 1: return whole([w])
        case 2: return whole([h, w])
        case 3: return whole([c, h, w])
        case 4 where length == 5: return whole([c, words[3], h, w])
        default: return nil
        }
    }

    private static func whole(_ extents: [Int]) -> [Int]? {
        extents.allSatisfy { $0 > 0 } ? extents : nil
    }

    // MARK: What the readers say

    /// What the layers that take an unnamed input leave open of its shape; nil where none of them tells.
    ///
    /// pnnx and ncnn's own converters write `Input` layers without a shape, and the channels that a first convolution
    /// has weights for are the same for every picture. What is found here is no more than a proposal: it counts when the
    /// model runs with it.
    static func proposed(for blob: String, by layers: [ParamLayer]) -> Form? {
        var open = [blob]
        var seen: Set<String> = []
        while !open.isEmpty {
            let name = open.removeFirst()
            guard seen.insert(name).inserted else { continue }
            for layer in layers where layer.bottoms.first == name {
                if let type = LayerCatalogue.type(named: layer.type), let form = forms[layer.type] {
                    if let form = try? form(LayerParams(layer, of: type, file: "")) { return form }
                } else {
                    open += layer.tops.prefix(1)
                }
            }
            // Joined with others the blob still has the shape of what comes behind.
            for layer in layers where layer.bottoms.dropFirst().contains(name) && forms[layer.type] == nil {
                open += layer.tops.prefix(1)
            }
        }
        return nil
    }

    /// For each layer type whose weights or params say something of its first bottom, what they say.
    private static let forms: [String: @Sendable (LayerParams) throws -> Form?] = [
        "Convolution": { picture(try channels($0, kernel: ["kernel_w", "kernel_h"])) },
        "ConvolutionDepthWise": { picture(try channels($0, kernel: ["kernel_w", "kernel_h"], group: "group")) },
        "Deconvolution": { picture(try channels($0, kernel: ["kernel_w", "kernel_h"])) },
        "Convolution1D": { try channels($0, kernel: ["kernel_w"]).map { .line(channels: $0) } },
        "ConvolutionDepthWise1D": {
            try channels($0, kernel: ["kernel_w"], group: "group").map { .line(channels: $0) }
        },
        "BatchNorm": { picture(try $0.int("channels")) },
        "GroupNorm": { picture(try $0.int("channels")) },
        "InnerProduct": { try quotient($0, "weight_data_size", ["num_output"]).map { .fixed([$0]) } },
        "Embed": { try positive($0.int("input_dim")).map { .indexes(limit: $0) } },
        "LayerNorm": { try positive($0.int("affine_size")).map { .sequence(width: $0) } },
        "RMSNorm": { try positive($0.int("affine_size")).map { .sequence(width: $0) } },
        "MultiHeadAttention": { try quotient($0, "weight_data_size", ["embed_dim"]).map { .sequence(width: $0) } },
        "Gemm": { params in
            guard try params.int("constantA") == 0, try params.int("transA") == 0 else { return nil }
            return try positive(params.int("constantK")).map { .sequence(width: $0) }
        },
        "RNN": { try steps($0, gates: 1, hidden: "num_output") },
        "GRU": { try steps($0, gates: 3, hidden: "num_output") },
        "LSTM": { try steps($0, gates: 4, hidden: "hidden_size") },
    ]

    private static func picture(_ channels: Int?) -> Form? {
        channels.flatMap(positive).map { .picture(channels: $0) }
    }

    /// Input channels of a convolution. A grouped one has weights for the channels of one group per output.
    private static func channels(_ params: LayerParams, kernel: [String], group: String? = nil) throws -> Int? {
        guard let inGroup = try quotient(params, "weight_data_size", ["num_output"] + kernel) else { return nil }
        let (channels, overflow) = inGroup.multipliedReportingOverflow(by: try group.map(params.int) ?? 1)
        return overflow ? nil : positive(channels)
    }

    private static func steps(_ params: LayerParams, gates: Int, hidden: String) throws -> Form? {
        let directions = try params.int("direction") == 2 ? 2 : 1
        return try quotient(params, "weight_data_size", [hidden])
            .flatMap { positive($0 / gates / directions) }.map { .sequence(width: $0) }
    }

    /// A param divided by others; nil where it does not divide.
    private static func quotient(_ params: LayerParams, _ dividend: String, _ divisors: [String]) throws -> Int? {
        var rest = try params.int(dividend)
        for name in divisors {
            let divisor = try params.int(name)
            guard divisor > 0, rest.isMultiple(of: divisor) else { return nil }
            rest /= divisor
        }
        return positive(rest)
    }

    private static func positive(_ value: Int) -> Int? {
        value > 0 ? value : nil
    }
}
