import Inference
import ModelFormat
import Numerics
import Testing

/// Answers of the runtime (1.0.20261020) to corners that its recorded cases leave out.
@Suite("corners of the runtime beyond its recorded cases")
struct BeyondRecordedTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let layer: String
        let bottom: (shape: [Int], values: [Float])
        let top: (shape: [Int], values: [Float])

        init(_ layer: String, _ bottom: ([Int], [Float]), gives top: ([Int], [Float])) {
            self.layer = layer
            self.bottom = bottom
            self.top = top
        }

        var testDescription: String { "\(layer) on \(bottom.shape)" }
    }

    static let square: ([Int], [Float]) = ([3, 3], (0..<9).map(Float.init))
    static let around0: ([Int], [Float]) = ([2, 3], (-2...3).map(Float.init))

    static let cases = [
        Case("Einsum -23300=2,105,105", square, gives: ([1], [12])),
        Case("Einsum -23300=5,105,105,45,62,105", square, gives: ([3], [0, 4, 8])),
        Case("Reduction 0=1 1=0 5=1 2=1.5", around0, gives: ([2, 3], [3, 1.5, 0, 1.5, 3, 4.5])),
        Case("Reduction 0=2 1=0 5=1 2=1.5", around0, gives: ([2, 3], [6, 1.5, 0, 1.5, 6, 13.5])),
        Case("Reduction 0=2 1=0 -23303=1,1 5=1", ([3], [-2, -1, 0]), gives: ([1], [5])),
        Case(
            "MVN 0=1", ([2, 3], [0, 1, 2, 3, 4, 5]),
            gives: (
                [1, 2, 3], [-1.4637643, -0.8782586, -0.29275286, 0.29275286, 0.8782586, 1.4637643]
            )),
        Case("StatisticsPooling 0=1", ([2, 3], [0, 1, 2, 3, 4, 5]), gives: ([2], [2.5, 1.7078252])),
        Case(
            "InstanceNorm 2=0", around0,
            gives: ([2, 3], [-1.4635992, -0.8781595, -0.29271984, 0.29271984, 0.8781595, 1.4635992])),
        Case(
            "LayerNorm 0=4 2=0", ([2, 2, 2, 2], (0..<16).map { Float($0 * $0) }),
            gives: (
                [2, 2, 2, 2],
                [
                    -0.99995917, -0.71425653, 0.1428513, 1.5713644, -1.2561793, -0.5267849, 0.36469716, 1.4182669,
                    -1.2931321, -0.49374127, 0.39969546, 1.3871782, -1.3077958, -0.48007703, 0.41385931, 1.374013,
                ]
            )),
        Case(
            "LRN 0=0 1=4", ([6, 1, 1], [0, 1, 2, 3, 4, 5]),
            gives: ([6, 1, 1], [0, 0.5443311, 0.64732236, 0.6026388, 0.5383119, 0.70993674])),
        Case(
            "LRN 0=1 1=4", ([1, 4, 4], (0..<16).map(Float.init)),
            gives: (
                [1, 4, 4],
                [
                    0, 0.25684458, 0.36247373, 0.5896784, 0.59501505, 0.5018679, 0.43952984, 0.5809267,
                    0.5911432, 0.45656517, 0.37918204, 0.48330683, 0.88800585, 0.66240066, 0.5353365, 0.66584086,
                ]
            )),
        // Without a box YOLO's map comes out with the softmax of its classes.
        Case(
            "YoloDetectionOutput 0=2 1=1 2=2 -23304=2,1.,1.", ([7, 1, 1], [1, 2, 3, 4, 5, 6, 6]),
            gives: ([7, 1, 1], [1, 2, 3, 4, 5, 0.5, 0.5])),
        Case(
            "Yolov3DetectionOutput 0=1 1=1 2=2 -23304=2,1.,2. -23305=1,0. -23306=1,1.",
            ([6, 1, 1], [1, 2, 3, 4, 5, 6]),
            gives: ([], [])),
    ]

    @Test("are answered alike", arguments: cases)
    func answer(_ one: Case) throws {
        let words = one.layer.split(separator: " ", maxSplits: 1)
        let network = try TestModel("Input in0 0 1 in0", "\(words[0]) x 1 1 in0 out \(words[1])").network()
        let bottom = try Tensor(one.bottom.shape, one.bottom.values)
        let top = try #require(try network.run(["in0": bottom], wanting: ["out"])["out"])
        #expect(top.shape == one.top.shape)
        for (got, want) in zip(top.values, one.top.values) { #expect(abs(got - want) < 1e-5) }
    }

    @Test("a region's bins may overlap where the runtime's reciprocal is short")
    func shortReciprocal() throws {
        // Six columns in two bins: 3 * 2 is a little less than 6, so that the second bin starts one column early.
        let network = try TestModel(
            "Input in0 0 1 in0", "Input in1 0 1 in1", "ROIPooling x 2 1 in0 in1 out 0=2 1=1"
        ).network()
        let map = try Tensor([1, 1, 8], [0, 1, 2, 9, 1, 2, 3, 4])
        let region = try Tensor([4], [1, 0, 6, 0])
        let top = try network.run(["in0": map, "in1": region], wanting: ["out"])["out"]
        #expect(top?.values == [9, 9])
    }

    @Test("an image in which no region is large enough is refused, as the runtime does")
    func noRegion() throws {
        let network = try TestModel(
            "Input in0 0 1 in0", "Input in1 0 1 in1", "Input in2 0 1 in2", "Proposal x 3 1 in0 in1 in2 out 5=1000"
        ).network()
        let error = #expect(throws: InferenceError.self) {
            _ = try network.run([
                "in0": Tensor(floats: [18, 2, 2]) { _ in }, "in1": Tensor(floats: [36, 2, 2]) { _ in },
                "in2": Tensor([3], [30, 30, 1]),
            ])
        }
        #expect(error?.description == "layer x (Proposal): no region of at least 1000.0 pixels is left")
    }

    @Test("a vector as long as A · B is high and wide is added along its columns")
    func squareAddend() throws {
        let network = try TestModel(
            "Input in0 0 1 in0", "Input in1 0 1 in1", "Input in2 0 1 in2", "Gemm x 3 1 in0 in1 in2 out"
        ).network()
        let zeros = try Tensor(floats: [2, 2]) { _ in }
        let top = try network.run(
            ["in0": zeros, "in1": zeros, "in2": try Tensor([2], [1, 2])], wanting: ["out"])["out"]
        #expect(top?.values == [1, 2, 1, 2])
    }
}
