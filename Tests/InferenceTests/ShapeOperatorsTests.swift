import Numerics
import Testing

@testable import Inference

@Suite("layers that move elements")
struct ShapeOperatorsTests {
    /// A layer that cannot work on bottoms of these shapes, and what it must say.
    struct Refusal: Sendable, CustomTestStringConvertible {
        let type: String
        let params: String
        let shapes: [[Int]]
        var tops = 1
        let clause: String

        var testDescription: String { "\(type) \(params) on \(shapes)" }
    }

    @Test(
        "a layer whose params do not fit its bottom fails with its name and the numbers",
        arguments: [
            Refusal(
                type: "Concat", params: "0=3", shapes: [[2, 3, 4], [2, 3, 4]],
                clause: "axis 3 is none of shape [2, 3, 4]"),
            Refusal(type: "Concat", params: "0=-4", shapes: [[2, 3, 4]], clause: "axis -4 is none of shape [2, 3, 4]"),
            Refusal(
                type: "Concat", params: "0=0", shapes: [[2, 3], [2, 4]],
                clause: "cannot join shapes [2, 3] and [2, 4] along axis 0"),
            Refusal(
                type: "Slice", params: "-23300=2,3,4 1=0", shapes: [[6, 2]], tops: 2,
                clause: "takes 4 from 3 of an axis of 6"),
            Refusal(
                type: "Slice", params: "-23300=2,0,4", shapes: [[6]], tops: 2,
                clause: "takes 0 from 0 of an axis of 6"),
            Refusal(type: "Slice", params: "-23300=1,3", shapes: [[6]], tops: 2, clause: "has 1 slices for 2 tops"),
            Refusal(
                type: "Slice", params: "-23302=1,7", shapes: [[6]], tops: 2,
                clause: "takes 7 from 0 of an axis of 6"),
            Refusal(
                type: "Crop", params: "-23309=1,1 -23310=1,2 -23311=1,2", shapes: [[4, 5]],
                clause: "axis 2 is none of shape [4, 5]"),
            Refusal(
                type: "Crop", params: "-23309=1,-9 -23310=1,2 -23311=1,0", shapes: [[4, 5]],
                clause: "takes 7 from -5 of an axis of 4"),
            Refusal(
                type: "Crop", params: "-23309=1,1 -23310=1,2", shapes: [[4, 5]],
                clause: "has 1 starts and 1 ends for 2 axes"),
            Refusal(
                type: "Crop", params: "0=2147483647 3=2147483647", shapes: [[4]],
                clause: "takes -2147483643 from 2147483647 of an axis of 4"),
            Refusal(
                type: "Crop", params: "19=\"0\" 20=\"//(0w,0)\" 21=\"0\"", shapes: [[4]],
                clause: "an expression divides 4 by 0"),
            Refusal(
                type: "Reshape", params: "0=5 1=4", shapes: [[4, 6]],
                clause: "shape [4, 5] has 20 elements, found 24"),
            Refusal(
                type: "Reshape", params: "0=-1 1=5", shapes: [[4, 6]],
                clause: "shape [5, -1] does not fit 24 elements"),
            Refusal(
                type: "Reshape", params: "0=-1 1=-1", shapes: [[4, 6]],
                clause: "shape [-1, -1] does not fit 24 elements"),
            Refusal(type: "Reshape", params: "", shapes: [[4, 6]], clause: "wants a shape without axes"),
            Refusal(
                type: "Reshape", params: "6=\"*(0w\"", shapes: [[4, 6]], clause: "expression *(0w lacks arguments"),
            Refusal(
                type: "Reshape", params: "6=\"*(2147483647,0w)\"", shapes: [[4, 6]],
                clause: "an expression comes to 12884901882, beyond 32 bits"),
            Refusal(
                type: "Reshape", params: "6=\"/(0w,0)\"", shapes: [[4, 6]],
                clause: "an expression comes to inf, which is no whole number of 32 bits"),
            Refusal(type: "Reshape", params: "6=\"1w\"", shapes: [[4, 6]], clause: "has 1 bottoms, wanted at least 2"),
            Refusal(
                type: "Reshape", params: "6=\"width\"", shapes: [[4]], clause: "cannot read width in expression width"),
            Refusal(type: "Reshape", params: "0=4 1=6 13=1", shapes: [[24]], clause: "makes a batch of 4, wanted 1"),
            Refusal(
                type: "Permute", params: "0=6", shapes: [[2, 3, 4]],
                clause: "order_type is 6 for shape [2, 3, 4], wanted 0 to 5"),
            Refusal(type: "Flip", params: "-23300=1,2", shapes: [[2, 3]], clause: "axis 2 is none of shape [2, 3]"),
            Refusal(type: "Tile", params: "0=-1 1=2", shapes: [[2, 3]], clause: "axis is -1, wanted at least 0"),
            Refusal(
                type: "Tile", params: "0=0 1=0", shapes: [[2, 3]],
                clause: "shape [0, 3] has an extent of 0, wanted at least 1"),
            Refusal(
                type: "Tile", params: "-23302=4,2147483647,2147483647,2147483647,2147483647", shapes: [[2, 3]],
                clause: "shape [2147483647, 2147483647, 4294967294, 6442450941] has more than 536870912 elements"),
            Refusal(
                type: "ExpandDims", params: "-23303=1,4", shapes: [[2, 3]],
                clause: "cannot insert axes [4] into shape [2, 3]"),
            Refusal(
                type: "ExpandDims", params: "-23303=2,0,0", shapes: [[2, 3]],
                clause: "cannot insert axes [0, 0] into shape [2, 3]"),
            Refusal(type: "Squeeze", params: "-23303=1,2", shapes: [[1, 3]], clause: "axis 2 is none of shape [1, 3]"),
            Refusal(
                type: "CopyTo", params: "0=3", shapes: [[2, 4], [2, 2]], clause: "takes 2 from 3 of an axis of 4"),
            Refusal(type: "ShuffleChannel", params: "0=4", shapes: [[6, 2, 2]], clause: "has 6 channels for 4 groups"),
            Refusal(
                type: "ShuffleChannel", params: "0=0", shapes: [[6, 2, 2]],
                clause: "group is 0, wanted at least 1"),
            Refusal(
                type: "PixelShuffle", params: "0=2", shapes: [[6, 2, 2]],
                clause: "has a bottom of shape [6, 2, 2], wanted channels for squares of 2"),
            Refusal(
                type: "Reorg", params: "0=3", shapes: [[1, 2, 6]],
                clause: "has a bottom of shape [1, 2, 6], wanted squares of 3"),
            Refusal(
                type: "Fold", params: "1=3 20=6 21=5", shapes: [[27, 11]],
                clause: "has a bottom of shape [27, 11], wanted rows for 9 taps and 12 columns"),
        ])
    func refused(_ refusal: Refusal) throws {
        let bottoms = try refusal.shapes.map(TestModel.counting)
        #expect(throws: InferenceError.layer(name: "layer", type: refusal.type, clause: refusal.clause)) {
            try TestModel.tops(of: refusal.type, refusal.params, on: bottoms, tops: refusal.tops)
        }
    }

    @Test("a diagonal outside of its matrix is the empty blob")
    func emptyDiagonal() throws {
        #expect(try TestModel.tops(of: "Diag", "0=3", on: [TestModel.counting([2, 3])]) == [.empty])
    }

    @Test("integers and bytes move as floats do")
    func otherKinds() throws {
        let integers = try Tensor([2, 2], .int32([1, 2, 3, 4]))
        #expect(try TestModel.tops(of: "Permute", "0=1", on: [integers]) == [Tensor([2, 2], .int32([1, 3, 2, 4]))])
        let joined = try TestModel.tops(of: "Concat", "0=1", on: [integers, integers])
        #expect(try joined == [Tensor([2, 4], .int32([1, 2, 1, 2, 3, 4, 3, 4]))])
        let bytes = try Tensor([4], .int8([1, -2, 3, -4]))
        // An int8 blob leaves the network as floats.
        #expect(try TestModel.tops(of: "Flip", "-23300=1,0", on: [bytes]) == [Tensor([4], [-4, 3, -2, 1])])
    }

    @Test("a blob of floats and one of integers cannot be joined")
    func mixedKinds() throws {
        let integers = try Tensor([2], .int32([1, 2]))
        #expect(
            throws: InferenceError.layer(
                name: "layer", type: "Concat", clause: "a tensor of float is wanted, found int32")
        ) {
            try TestModel.tops(of: "Concat", on: [TestModel.counting([2]), integers])
        }
    }

    @Test("a batch axis of one comes and goes")
    func batchAxes() throws {
        let bottom = try TestModel.counting([2, 3])
        #expect(try TestModel.tops(of: "Reshape", "0=0 1=0 2=0 12=0", on: [bottom])[0].shape == [1, 2, 3])
        #expect(try TestModel.tops(of: "Reshape", "0=3 1=2 2=1 13=0", on: [bottom])[0].shape == [2, 3])
        #expect(try TestModel.tops(of: "Reshape", "0=1 1=3 2=2 13=-1", on: [bottom])[0].shape == [2, 3])
    }

    @Test("what a slice leaves over is dropped")
    func sliceRest() throws {
        #expect(try TestModel.tops(of: "Slice", "-23300=1,2", on: [TestModel.counting([3])]) == [Tensor([2], [0, 1])])
    }
}
