import Numerics
import Testing

@Suite("tensors")
struct TensorTests {
    @Test("a shape with its elements says what ncnn calls them")
    func extents() throws {
        let tensor = try Tensor([2, 3, 4, 5], [Float](repeating: 1, count: 120))
        #expect(tensor.channels == 2)
        #expect(tensor.depth == 3)
        #expect(tensor.height == 4)
        #expect(tensor.width == 5)
        #expect(tensor.outerCount == 2)
        #expect(tensor.innerCount == 60)
        let row = try Tensor([7], [Float](repeating: 1, count: 7))
        #expect([row.channels, row.depth, row.height, row.width] == [1, 1, 1, 7])
        #expect([row.outerCount, row.innerCount] == [7, 1])
    }

    @Test(
        "a shape that is none is refused with its numbers",
        arguments: [
            ([0], "extent of 0"), ([2, -1], "extent of -1"), ([1, 1, 1, 1, 1], "has 5 axes"),
            ([Int.max, Int.max], "more than"), ([1 << 15, 1 << 15], "more than"),
        ])
    func badShape(_ shape: [Int], _ words: String) {
        let error = #expect(throws: TensorError.self) { try Tensor.count(of: shape) }
        #expect(error?.clause.contains(words) == true)
    }

    @Test("a shape and elements of another number are refused with both")
    func wrongCount() {
        let error = #expect(throws: TensorError.self) { try Tensor([2, 3], [1, 2, 3]) }
        #expect(error?.clause == "shape [2, 3] has 6 elements, found 3")
    }

    @Test("the empty blob has no axes and no elements")
    func empty() throws {
        #expect(Tensor.empty.isEmpty)
        #expect(Tensor.empty.count == 0)
        #expect(try Tensor([], [Float]()) == .empty)
        #expect(throws: TensorError.self) { try Tensor([], [1]) }
    }

    @Test("what a fill leaves out is zero")
    func zeros() throws {
        #expect(try Tensor(floats: [4]) { $0[1] = 5 }.floats() == [0, 5, 0, 0])
        #expect(try Tensor(int8: [2, 2]) { $0[3] = -7 }.int8s() == [0, 0, 0, -7])
    }

    @Test("elements of another kind are refused, and converted where asked")
    func kinds() throws {
        let bytes = try Tensor([3], .int8([-127, 0, 127]))
        let error = #expect(throws: TensorError.self) { try bytes.floats() }
        #expect(error?.clause == "a tensor of float is wanted, found int8")
        #expect(bytes.values == [-127, 0, 127])
        #expect(bytes.asFloat.elements == .float([-127, 0, 127]))
    }

    @Test("changing floats in place leaves other holders alone")
    func copyOnWrite() throws {
        let first = try Tensor([2], [1, 2])
        let second = try first.mappingFloats { $0[0] = 9 }
        #expect(try first.floats() == [1, 2])
        #expect(try second.floats() == [9, 2])
    }

    @Test("another shape keeps the elements where it has as many")
    func reshape() throws {
        let tensor = try Tensor([2, 3], [1, 2, 3, 4, 5, 6])
        #expect(try tensor.reshaped([3, 1, 2]).floats() == [1, 2, 3, 4, 5, 6])
        #expect(throws: TensorError.self) { try tensor.reshaped([4]) }
    }
}

@Suite("inner loops of products")
struct VectorKernelsTests {
    @Test("sums grow in the order of the elements, and integers wrap")
    func loops() {
        var sums: [Float] = [1, 2, 3]
        VectorKernels.add([1, 10, 100], times: 2, to: &sums, count: 3)
        #expect(sums == [3, 22, 203])
        var wrapped: [Int32] = [.max]
        VectorKernels.add([1] as [Int32], times: 1, to: &wrapped, count: 1)
        #expect(wrapped == [.min])
        #expect(VectorKernels.dot([1, 2, 3] as [Float], [4, 5, 6], count: 3, startingAt: 0.5) == 32.5)
        #expect(VectorKernels.dot([127, -127] as [Int32], [127, 127], count: 2) == 0)
    }

    @Test("a row times a matrix is the sum of its rows, for any depth and stride", arguments: 0...9)
    func rowTimesMatrix(_ depth: Int) {
        let factors = (0..<depth).map { Float($0) - 2.5 }
        let rows = (0..<depth * 5).map { Float($0 * $0 % 17) }
        var sums: [Float] = [1, 2, 3]
        VectorKernels.add(rows, stride: 5, times: factors, depth: depth, to: &sums, count: 3)
        var want: [Float] = [1, 2, 3]
        for row in 0..<depth {
            for column in 0..<3 { want[column] += rows[row * 5 + column] * factors[row] }
        }
        #expect(sums == want)

        let integers = rows.map { Int32($0) }
        let integerFactors = (0..<depth).map { Int32($0 * 1_000_000 - 3) }
        var words: [Int32] = [.max, 2, 3]
        VectorKernels.add(integers, stride: 5, times: integerFactors, depth: depth, to: &words, count: 3)
        var wantedWords: [Int32] = [.max, 2, 3]
        for row in 0..<depth {
            for column in 0..<3 { wantedWords[column] &+= integers[row * 5 + column] &* integerFactors[row] }
        }
        #expect(words == wantedWords)
    }

    @Test("nothing is read or written for a count of 0")
    func none() {
        var sums: [Float] = [1]
        VectorKernels.add([9], times: 1, to: &sums, count: 0)
        #expect(sums == [1])
        #expect(VectorKernels.dot([9] as [Float], [9], count: 0) == 0)
    }
}
