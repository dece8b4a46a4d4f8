import Numerics
import Testing

@testable import Inference

@Suite("layers that work on single elements")
struct ElementOperatorsTests {
    /// A layer that cannot work on bottoms of these shapes, and what it must say.
    struct Refusal: Sendable, CustomTestStringConvertible {
        let type: String
        let params: String
        let shapes: [[Int]]
        var weights = 0
        let clause: String

        var testDescription: String { "\(type) \(params) on \(shapes)" }
    }

    @Test(
        "a layer whose params do not fit its bottoms fails with its name and the numbers",
        arguments: [
            Refusal(type: "UnaryOp", params: "0=28", shapes: [[2]], clause: "op_type is 28, wanted 0 to 27"),
            Refusal(type: "BinaryOp", params: "0=-1", shapes: [[2], [2]], clause: "op_type is -1, wanted 0 to 18"),
            Refusal(type: "BinaryOp", params: "", shapes: [[2]], clause: "has 1 bottoms, wanted at least 2"),
            Refusal(
                type: "BinaryOp", params: "", shapes: [[2, 3], [2, 4]],
                clause: "shape [2, 3] cannot be broadcast to [2, 4]"),
            Refusal(
                type: "Eltwise", params: "0=1", shapes: [[2, 3], [3, 2]],
                clause: "has bottoms of shapes [2, 3] and [3, 2], wanted the same"),
            Refusal(type: "Eltwise", params: "0=1", shapes: [[2]], clause: "has 1 bottoms, wanted at least 2"),
            Refusal(
                type: "Eltwise", params: "0=1 -23301=1,1.0", shapes: [[2], [2]],
                clause: "has 1 coefficients for 2 bottoms"),
            Refusal(type: "GLU", params: "0=2", shapes: [[2, 4]], clause: "axis 2 is none of shape [2, 4]"),
            Refusal(type: "GLU", params: "0=0", shapes: [[1, 4]], clause: "takes 0 from 0 of an axis of 1"),
            Refusal(
                type: "PReLU", params: "0=2", shapes: [[3, 4]], weights: 2,
                clause: "has 2 slopes for shape [3, 4], wanted 3"),
            Refusal(
                type: "BatchNorm", params: "0=2", shapes: [[3, 4]], weights: 8,
                clause: "has 2 channels for shape [3, 4]"),
            Refusal(
                type: "Scale", params: "0=-233", shapes: [[3, 4], [2]], clause: "has 2 factors for shape [3, 4]"),
            Refusal(
                type: "Bias", params: "0=2", shapes: [[3, 4, 5]], weights: 2,
                clause: "has 2 biases for shape [3, 4, 5]"),
            Refusal(
                type: "Normalize", params: "3=2", shapes: [[3, 4, 5]], weights: 2,
                clause: "has 2 factors for shape [3, 4, 5]"),
            Refusal(type: "Interp", params: "0=4", shapes: [[1, 2, 2]], clause: "resize_type is 4, wanted 0 to 3"),
            Refusal(
                type: "Interp", params: "0=0 3=4 4=4", shapes: [[1, 2, 2]],
                clause: "resize_type is 0, wanted 1 to 3 for a change from 2 to 4"),
            Refusal(
                type: "Interp", params: "0=1 3=-2 4=2", shapes: [[1, 2, 2]],
                clause: "shape [1, -2, 2] has an extent of -2, wanted at least 1"),
            Refusal(
                type: "Interp", params: "0=2 1=1e30 2=1.0", shapes: [[1, 2, 2]],
                clause: "has a scale of 1e+30 for an extent of 2"),
            Refusal(
                type: "Interp", params: "0=2 3=2147483647 4=2147483647", shapes: [[1, 2, 2]],
                clause: "shape [1, 2147483647, 2147483647] has more than 536870912 elements"),
            Refusal(
                type: "GridSample", params: "", shapes: [[1, 4, 4], [3, 3, 3]],
                clause: "has a grid of shape [3, 3, 3], wanted 2 coordinates for shape [1, 4, 4]"),
            Refusal(
                type: "GridSample", params: "0=3", shapes: [[1, 2, 4, 4], [3, 3, 3, 3]],
                clause: "has a bottom of shape [1, 2, 4, 4], wanted 3 axes for bicubic"),
        ])
    func refused(_ refusal: Refusal) throws {
        let bottoms = try refusal.shapes.map(TestModel.counting)
        let weights = [Float](repeating: 1, count: refusal.weights)
        #expect(throws: InferenceError.layer(name: "layer", type: refusal.type, clause: refusal.clause)) {
            try TestModel.tops(of: refusal.type, refusal.params, on: bottoms, weights: weights)
        }
    }

    @Test("a ReLU without slope makes 0 of an infinite element")
    func infiniteReLU() throws {
        let bottom = try Tensor([2], [-.infinity, .infinity])
        #expect(try TestModel.tops(of: "ReLU", on: [bottom]) == [Tensor([2], [0, .infinity])])
    }

    @Test(
        "three threads come to the same result as one",
        arguments: [
            ("Swish", ""), ("BinaryOp", "0=2"), ("Permute", "0=3"), ("Interp", "0=2 1=1.5 2=1.5"), ("Concat", "0=1"),
        ])
    func threads(_ type: String, _ params: String) throws {
        let bottom = try TestModel.counting([5, 70, 101])
        let one = try TestModel.tops(of: type, params, on: [bottom, bottom])
        #expect(try TestModel.tops(of: type, params, on: [bottom, bottom], threads: 3) == one)
    }

    @Test("a coordinate that is no number is none of the bottom's elements")
    func notANumber() throws {
        let grid = try Tensor([1, 2, 2], [.nan, 0, .infinity, 0])
        let tops = try TestModel.tops(of: "GridSample", "0=2", on: [TestModel.counting([1, 3, 3]), grid])
        #expect(try tops == [Tensor([1, 1, 2], [0, 0])])
    }
}
