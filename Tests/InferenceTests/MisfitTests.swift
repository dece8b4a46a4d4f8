import Inference
import ModelFormat
import Numerics
import Testing

@Suite("models and inputs that do not fit")
struct MisfitTests {
    /// A layer of 18 plain weights and 2 biases where it has any, its input, and a part of what must be said of it.
    struct Case: Sendable, CustomTestStringConvertible {
        let line: String
        var weights: [Float?] = []
        var shape = [1, 5, 5]
        let words: String

        var testDescription: String { line }
    }

    static let filter: [Float?] = [nil] + [Float?](repeating: 1, count: 18)
    static let convolution = "Convolution x 1 1 in0 out 0=2 6=18"

    static let cases: [Case] = [
        Case(line: "\(convolution) 1=0", weights: filter, words: "kernel_h is 0, wanted at least 1"),
        Case(line: "\(convolution) 1=3 3=0", weights: filter, words: "stride_h is 0"),
        Case(line: "\(convolution) 1=3 2=-1", weights: filter, words: "dilation_h is -1"),
        Case(
            line: "\(convolution) 1=3", weights: filter, shape: [2, 5, 5],
            words: "has 9 weights for each output channel"),
        Case(
            line: "\(convolution) 1=3", weights: filter, shape: [1, 2, 5],
            words: "a window of 3 does not fit on an axis of 2"),
        Case(
            line: "\(convolution) 1=3", weights: filter, shape: [1, 1, 5, 5],
            words: "the bottom's shape is [1, 1, 5, 5]"),
        Case(line: "\(convolution) 1=3 4=-1 14=2", weights: filter, words: "has a pad of -1 beside pads above 0"),
        Case(line: "\(convolution) 1=3 4=2000000000", weights: filter, words: "more than 536870912 elements"),
        Case(line: "\(convolution) 1=3 2=2000000000", weights: filter, words: "a window of 4000000001 does not fit"),
        Case(
            line: "\(convolution) 1=3 9=2", weights: filter, words: "activation type 2 has 0 params, wanted at least 1"),
        Case(line: "\(convolution) 1=3 9=7", weights: filter, words: "has activation type 7, wanted 0 to 6"),
        Case(
            line: "Convolution x 1 1 in0 out 0=4 6=18 1=3", weights: filter,
            words: "has 18 weights for 4 output channels"),
        Case(
            line: "Convolution x 1 1 in0 out 0=0 6=18 1=3", weights: filter,
            words: "has 18 weights for 0 output channels"),
        Case(line: "Convolution x 1 1 in0 out 0=2 6=18 1=3 19=1", words: "has 1 bottoms, wanted at least 2"),
        Case(line: "ConvolutionDepthWise x 1 1 in0 out 0=2 6=18 1=3 7=0", weights: filter, words: "group is 0"),
        Case(
            line: "ConvolutionDepthWise x 1 1 in0 out 0=2 6=18 1=3 7=3", weights: filter,
            words: "has 2 output channels in 3 groups"),
        Case(line: "Deconvolution x 1 1 in0 out 0=2 6=18 1=3 18=-1", weights: filter, words: "output pads"),
        Case(
            line: "Deconvolution x 1 1 in0 out 0=2 6=18 1=3 3=2000000000", weights: filter, words: "more than 536870912"
        ),
        Case(line: "Deconvolution x 1 1 in0 out 0=2 6=18 1=3 4=4", weights: filter, words: "has an extent of -1"),
        Case(
            line: "Deconvolution x 1 1 in0 out 0=2 6=18 1=3 4=-233 20=9", weights: filter,
            words: "has an output of [1, 7, 7], wanted at least [1, 9, 9]"),
        Case(line: "InnerProduct x 1 1 in0 out 0=2 2=18", weights: filter, words: "2 outputs have 9 weights each"),
        Case(line: "Pooling x 1 1 in0 out 0=2 1=2", words: "pooling_type is 2"),
        Case(line: "Pooling x 1 1 in0 out 0=0 1=0", words: "kernel_h is 0"),
        Case(line: "Pooling x 1 1 in0 out 0=0 1=2 3=-1", words: "has pads of -1 and -1"),
        Case(line: "Pooling x 1 1 in0 out 0=0 1=2 5=4", words: "pad_mode is 4"),
        Case(line: "Pooling x 1 1 in0 out 0=0 7=1 8=2147483647", words: "more than 536870912"),
        Case(line: "Pooling x 1 1 in0 out 0=0 7=1 8=-1", words: "has an extent of -1"),
        Case(line: "Padding x 1 1 in0 out 2=2147483647 3=2147483647", words: "more than 536870912"),
        Case(line: "Padding x 1 1 in0 out 2=-3 3=-2", words: "has an extent of 0"),
        Case(line: "Padding x 1 1 in0 out 2=5 4=2", words: "reflects a border of 5 and 0 at an axis of 5"),
        Case(line: "Padding x 1 1 in0 out 7=1 6=1", weights: [1], words: "has 1 border values, the top has 2 channels"),
        Case(
            line: "Quantize x 1 1 in0 out 0=3", weights: [1, 2, 3],
            words: "has 3 scales, the bottom's shape is [1, 5, 5]"),
        Case(line: "Dequantize x 1 1 in0 out 0=1", weights: [1], words: "a tensor of int32 is wanted, found float"),
        Case(line: "Cast x 1 1 in0 out 0=1 1=3", words: "has no cast from type 1 to type 3"),
        Case(line: "MemoryData x 0 1 out 0=-3 1=-5", weights: [Float](repeating: 1, count: 15), words: "extent of -5"),
    ]

    @Test("is refused with the layer and the numbers", arguments: cases)
    func refused(_ one: Case) throws {
        let error = #expect(throws: InferenceError.self) {
            let network = try TestModel("Input in0 0 1 in0", one.line).with(one.weights).network()
            let input = try Tensor(floats: one.shape) { _ in }
            _ = try network.run(["in0": input], wanting: ["out"])
        }
        let text = error?.description ?? ""
        #expect(text.contains("layer x") && text.contains(one.words), "\(text)")
    }

    @Test("weights that are int8 are refused where the layer has no scales")
    func int8WithoutScales() {
        var model = TestModel("Input in0 0 1 in0", "InnerProduct x 1 1 in0 out 0=2 2=4")
        model.bin = [0x38, 0x4B, 0x0D, 0x00, 1, 2, 3, 4]
        let error = #expect(throws: InferenceError.self) { try model.network() }
        #expect(error?.description.contains("weight_data is stored as int8, wanted floats") == true)
    }

    @Test("an empty blob is refused where elements are needed", arguments: ["Pooling", "Padding", "Quantize"])
    func emptyBlob(_ type: String) throws {
        let model = TestModel("Input in0 0 1 in0", "\(type) x 1 1 in0 out 1=2")
        let network = try (type == "Quantize" ? model.with([1]) : model).network()
        // What matters is that nothing traps: a layer without anything to do may pass the empty blob on.
        let tops = try? network.run(["in0": .empty], wanting: ["out"])
        #expect(tops?["out"]?.isEmpty ?? true)
    }
}
