import Inference
import ModelFormat
import Numerics
import Testing

@Suite("layers of several inputs, and inputs that do not fit them")
struct ManyInputsMisfitTests {
    /// A layer of any number of inputs, their shapes, its weights where it has any, and a part of what must be said.
    struct Case: Sendable, CustomTestStringConvertible {
        let layer: String
        let shapes: [[Int]]
        var weights: [Float?] = []
        let words: String

        init(_ layer: String, _ shapes: [Int]..., weights: [Float?] = [], says words: String) {
            self.init(layer, shapes: shapes, weights: weights, says: words)
        }

        init(_ layer: String, shapes: [[Int]], weights: [Float?], says words: String) {
            self.layer = layer
            self.shapes = shapes
            self.weights = weights
            self.words = words
        }

        var testDescription: String { "\(layer) on \(shapes)" }
    }

    static let cases: [Case] = norms + products + attention + pasts + recurrent + signals + detectors

    static let norms = [
        Case("Softmax 0=2", [3, 4], says: "has axis 2 without fixbug0"),
        Case("Softmax 0=2 1=1", [3, 4], says: "axis is 2, the bottom's shape [3, 4] has 2 axes"),
        Case("Softmax 0=-3 1=1", [3, 4], says: "axis is -3"),
        Case("Softmax 0=-2147483648 1=1", [3, 4], says: "axis is -2147483648"),
        Case("LayerNorm 0=3", [2, 4], weights: [1, 1, 1, 0, 0, 0], says: "shape is [2, 4], affine_size is 3"),
        Case("GroupNorm 0=2 1=5 3=0", [5, 3], says: "channels is 5, wanted a multiple of group, which is 2"),
        Case("GroupNorm 0=0 1=5 3=0", [5, 3], says: "a multiple of group, which is 0"),
        Case("GroupNorm 0=2 1=4 3=0", [6, 3], says: "shape is [6, 3], channels is 4"),
        Case("InstanceNorm 0=2", [3, 2, 2], weights: [1, 1, 0, 0], says: "gammas for 2 channels"),
        Case("LRN 1=0", [1, 2, 2], says: "local_size is 0"),
        Case("LRN 0=2", [1, 2, 2], says: "region_type is 2"),
        Case("Reduction 0=11", [2, 2], says: "operation is 11, wanted 0 to 10"),
        Case("Reduction 1=0 -23303=1,1", [2, 2], says: "has axes without fixbug0"),
        Case("Reduction 1=0 -23303=1,3 5=1", [2, 2], says: "axis is 3, the bottom's shape [2, 2]"),
        Case("Reduction 1=0 -23303=1,2147483647 5=1", [2, 2], says: "axis is 2147483647, wanted -4 to 3"),
        Case("CumulativeSum 0=3", [2, 2, 2], says: "axis is 3"),
    ]

    static let products = [
        Case("MatMul", [2, 3], [2, 3], says: "shapes [2, 3] and [2, 3] have no product"),
        Case("MatMul 0=1", [2, 3], [3, 2], says: "have no product (transB)"),
        Case("MatMul", [3, 2, 2], [2, 2, 2], says: "have no product"),
        Case("MatMul", [2, 3], says: "has 1 bottoms, wanted at least 2"),
        Case("Gemm", [2, 3], [2, 3], says: "rows of A have 3 elements, columns of B have 2"),
        Case("Gemm 18=2", [2, 3], [2, 3], says: "rows of A have 3 elements, columns of B have 2"),
        Case("Gemm", [2, 2, 3], [3, 2], says: "shape is [2, 2, 3], wanted a matrix"),
        Case("Gemm", [2, 3], [3, 4], [5], says: "C has shape [5], A · B is 2 x 4"),
        Case("Gemm 18=400", [2, 3], [3, 2], says: "quantize_term is 400"),
        Case("Gemm 18=5", [2, 3], [3, 2], says: "quantize_term is 5"),
        Case("Gemm 4=2 7=2 9=3", [3, 2], says: "has no A_data"),
        Case(
            "Gemm 5=1 8=1 9=2 6=1 10=3 7=2", [3, 2], weights: [nil, 1, 1, nil, 1, 1],
            says: "C has 2 elements in form 3, A · B is 3 x 1"),
        Case("Einsum -23300=3,105,106,107", [2, 2], says: "wanted one arrow"),
        Case("Einsum -23300=6,105,106,45,62,106,105", [2, 2], says: "wanted i, ij, ijk or ijkl behind the arrow"),
        Case("Einsum -23300=4,105,45,62,-5", [2], says: "behind the arrow"),
        Case("Einsum -23300=4,122,45,62,105", [2], says: "wanted letters from i to x"),
        Case("Einsum -23300=5,105,106,45,62,105", [2, 3, 4], says: "shape [2, 3, 4], the equation gives it 2 axes"),
        Case("Einsum -23300=5,105,106,45,62,105", [2, 3], [2, 3], says: "has 2 bottoms, the equation has 1"),
        Case("Einsum -23300=5,105,105,45,62,105", [2, 3], says: "shape [2, 3], wanted 2 instead of 3"),
        Case("Embed 0=2 1=2 3=4", [2], weights: [nil, 1, 2, 3, 4], says: "int32 is wanted, found float"),
        Case("Embed 0=2 1=3 3=4", [2], weights: [nil, 1, 2, 3, 4], says: "3 rows and 2 columns is wanted, found 4"),
    ]

    /// Four square projections of two, each with its bias.
    static let projections: [Float?] = Array(
        repeatElement([nil, 1, 0, 0, 1, 0, 0] as [Float?], count: 4).joined())

    static let attention = [
        Case("MultiHeadAttention 0=2 1=3 2=4", [1, 2], weights: projections, says: "wanted a multiple of num_heads"),
        Case("MultiHeadAttention 0=2 1=-1 2=4", [1, 2], weights: projections, says: "num_heads, which is -1"),
        Case("MultiHeadAttention 0=2 2=4", [1, 3], weights: projections, says: "wanted rows of 2"),
        Case("MultiHeadAttention 0=2 2=4 7=1", [1, 2], weights: projections, says: "-1 of them inputs"),
        Case(
            "MultiHeadAttention 0=2 2=4 5=1", [1, 2], [2, 2], weights: projections,
            says: "the mask has shape [2, 2], wanted [1, 1] or [1, 1, 1]"),
        Case(
            "MultiHeadAttention 0=2 2=4", [1, 2], [2, 2], [3, 2], weights: projections,
            says: "query, key and value have shapes [1, 1, 2], [1, 2, 2] and [1, 3, 2]"),
        Case(
            "MultiHeadAttention 0=2 2=4 7=1", [1, 2], [3, 1], [2, 1], weights: projections,
            says: "a cache has shape [3, 1], it does not fit [1, 1, 2]"),
        Case(
            "MultiHeadAttention 0=2 2=4 18=410", [1, 2], weights: projections + [1, 1, 1, 1, 1, 1, 1],
            says: "quantize_term is 410"),
        Case("SDPA", [3, 2, 4], [2, 2, 4], [2, 2, 4], says: "query, key and value have shapes [3, 2, 4]"),
        Case("SDPA", [2, 2, 4], [2, 3, 5], [2, 3, 4], says: "query, key and value have shapes"),
        Case("SDPA 5=1", [2, 2, 4], [2, 3, 4], [2, 3, 4], [2, 4], says: "the mask has shape [2, 4], wanted [2, 3]"),
        Case(
            "SDPA 7=1", [1, 1, 4], [1, 1, 4], [1, 1, 4], [1, 2, 5], [1, 2, 4], says: "a cache has shape [1, 2, 5]"),
        Case("SDPA 7=1", [1, 1, 4], [1, 1, 4], [1, 1, 4], says: "has 3 bottoms, wanted at least 4"),
        Case("RotaryEmbed", [1, 2, 5], [2, 2], [2, 2], says: "wanted rows of pairs"),
        Case("RotaryEmbed", [1, 2, 4], [1, 2], [2, 2], says: "the angles' shape is [1, 2], wanted at least [2, 2]"),
    ]

    /// Four square projections of eight, as floats, and as bytes with their scales.
    static let eights: [Float?] = Array(
        repeatElement([nil] + [Float?](repeating: 0, count: 72), count: 4).joined())
    static let byteEights: [Float?] =
        Array(
            repeatElement([Float(bitPattern: 0xD4B38)] + [Float?](repeating: 0, count: 16 + 8), count: 4).joined())
        + [Float?](repeating: 1, count: 25)

    /// Pasts that are taken alone and are not those of two heads of four.
    static let pasts: [Case] = [
        ([2, 4, 4], [2, 4, 8], "a cache has shape [2, 4, 8]"), ([2, 4, 4], [2, 4, 2], "a cache has shape [2, 4, 2]"),
        ([2, 4, 4], [2, 4, 3], "a cache has shape [2, 4, 3]"), ([2, 4, 8], [2, 4, 4], "a cache has shape [2, 4, 8]"),
        ([1, 4, 4], [1, 4, 4], "a cache has shape [1, 4, 4]"), ([1, 4, 4], [1, 4, 8], "a cache has shape [1, 4, 4]"),
        ([4, 8], [2, 4, 4], "a cache has shape [4, 8]"),
    ].flatMap { keys, values, words in
        [("", eights), (" 18=2", byteEights)].flatMap { term, weights in
            [[], [[5, 8]]].map { bottoms in
                Case(
                    "MultiHeadAttention 0=8 1=2 2=64 7=1" + term,
                    shapes: [[3, 8], [5, 8]] + bottoms + [keys, values],
                    weights: weights, says: words)
            }
        }
    }

    static let rnn: [Float?] = [nil, 1, nil, 0, nil, 1]

    static let recurrent = [
        Case("RNN 0=1 1=1 2=3", [2, 1], weights: rnn, says: "direction is 3"),
        Case("RNN 0=1 1=1", [2, 2], weights: rnn, says: "shape is [2, 2], wanted rows of 1"),
        Case("RNN 0=1 1=1", [2, 1], [2, 1], weights: rnn, says: "a state has shape [2, 1], wanted [1, 1]"),
        Case(
            "RNN 0=1 1=1 8=1", [2, 1], weights: rnn + [1, 1], says: "weight_xc_data is stored as floats, wanted int8"),
    ]

    static let signals = [
        Case("Spectrogram 0=0", [8], says: "n_fft is 0"),
        Case("Spectrogram 0=1000000", [8], says: "n_fft is 1000000"),
        Case("Spectrogram 0=4 2=0", [8], says: "hoplen 0"),
        Case("Spectrogram 0=4 3=5", [8], says: "winlen is 5, wanted 1 to n_fft, 4"),
        Case("Spectrogram 0=4 4=3", [8], says: "window_type is 3"),
        Case("Spectrogram 0=4 7=-1", [8], says: "normalized is -1"),
        Case("Spectrogram 0=4 1=3", [8], says: "power is 3"),
        Case("Spectrogram 0=16", [8], says: "has 8 elements, too few to mirror 8"),
        Case("Spectrogram 0=16 5=0", [8], says: "the signal has 8 elements with its border, wanted at least 16"),
        Case("Spectrogram 0=4", [2, 8], says: "shape is [2, 8], wanted one row"),
        Case("InverseSpectrogram 0=8", [4, 3, 2], says: "wanted pairs of 8 or 5 channels"),
        Case("InverseSpectrogram 0=8", [5, 1, 2], says: "an extent of 0"),
    ]

    static let detectors = [
        Case("ROIPooling 0=0 1=2", [1, 3, 3], [4], says: "pools to 0 x 2"),
        Case("ROIAlign 0=2147483647 1=2", [1, 3, 3], [4], says: "pools to 2147483647 x 2"),
        Case("ROIAlign 0=2 1=2", [1, 3, 3], [3], says: "the region has 3 numbers, wanted 4"),
        Case("ROIAlign 0=2 1=2 3=2147483647", [1, 3, 3], [4], says: "sampling_ratio is 2147483647"),
        Case("ROIAlign 0=2 1=2 5=2", [1, 3, 3], [4], says: "version is 2"),
        Case("PSROIPooling 0=2 1=2 3=2", [7, 3, 3], [4], says: "shape is [7, 3, 3], wanted 2 x 2 x 2 channels"),
        Case("PSROIPooling 0=4096 1=4096 3=2147483647", [7, 3, 3], [4], says: "2147483647 x 4096 x 4096 channels"),
        Case("PriorBox -23300=2,1.,2. -23301=1,3.", [1, 2, 2], says: "has 2 min_sizes and 1 max_sizes"),
        Case("PriorBox -23300=1,1. 9=-233 10=-233", [1, 2, 2], says: "has no aspect_ratios"),
        Case("DetectionOutput 0=2", [7], [4], [2, 8], says: "have shapes [7], [4] and [2, 8]"),
        Case("DetectionOutput 0=2 2=-1", [8], [4], [2, 8], says: "nms_top_k -1"),
        Case("DetectionOutput 0=-5", [8], [4], [2, 8], says: "num_class is -5"),
        Case(
            "Proposal", [18, 2, 2], [36, 2, 3], [3], says: "have shapes [18, 2, 2], [36, 2, 3] and [3] for 9 anchors"),
        Case("Proposal 3=0", [18, 2, 2], [36, 2, 2], [3], says: "after_nms_topN is 0"),
        Case("YoloDetectionOutput 0=1 1=2 -23304=2,1.,1.", [12, 2, 2], says: "box 1 has anchor 1, there are 1"),
        Case("YoloDetectionOutput 0=1 1=0", [12, 2, 2], says: "has 0 boxes"),
        Case("YoloDetectionOutput 0=3 1=2", [12, 2, 2], says: "wanted 2 times 8 channels"),
        Case("Yolov3DetectionOutput 0=1 1=1 -23305=1,0.", [6, 2, 2], says: "has 1 bottoms, 1 anchors and 0 scales"),
        Case(
            "Yolov3DetectionOutput 0=1 1=1 -23304=2,1.,1. -23305=1,-1e38 -23306=1,8.", [6, 2, 2],
            says: "box 0 has anchor -1073741824"),
    ]

    @Test("are refused with the layer and the numbers", arguments: cases)
    func refused(_ one: Case) throws {
        let error = #expect(throws: InferenceError.self) {
            let network = try one.network()
            let inputs = try one.shapes.enumerated().map { ("in\($0)", try Tensor(floats: $1) { _ in }) }
            _ = try network.run(Dictionary(uniqueKeysWithValues: inputs), wanting: ["out"])
        }
        let text = error?.description ?? ""
        #expect(text.contains("layer x") && text.contains(one.words), "\(text)")
    }

    @Test("are refused or answered when any of them is empty, without a trap", arguments: cases)
    func emptyInputs(_ one: Case) throws {
        for empty in one.shapes.indices {
            let inputs = try one.shapes.enumerated().map {
                ("in\($0)", $0 == empty ? .empty : try Tensor(floats: $1) { _ in })
            }
            let tops = try? one.network().run(Dictionary(uniqueKeysWithValues: inputs), wanting: ["out"])
            #expect(tops.map { $0.count == 1 } ?? true)
        }
    }
}

extension ManyInputsMisfitTests.Case {
    fileprivate func network() throws -> Network {
        let words = layer.split(separator: " ", maxSplits: 1)
        let names = shapes.indices.map { "in\($0)" }
        let lines =
            names.map { "Input \($0) 0 1 \($0)" }
            + ["\(words[0]) x \(names.count) 1 \(names.joined(separator: " ")) out \(words.dropFirst().joined())"]
        return try TestModel(lines: lines).with(weights).network()
    }
}

extension TestModel {
    fileprivate init(lines: [String]) {
        self.lines = lines
    }
}
