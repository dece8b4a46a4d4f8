import Inference
import Numerics
import Testing

@testable import Evaluating

@Suite("synthetic inputs")
struct SyntheticTests {
    @Test("are the same numbers on every machine")
    func deterministic() throws {
        let inputs = SyntheticInputs(
            inputs: [
                .init(blob: "v", extents: [3], limit: nil), .init(blob: "i", extents: [4], limit: 10),
                .init(blob: "p", extents: [1, 2, 3], limit: nil),
            ], seed: 1)
        let sample = try inputs.sample(0, amplitude: 2)
        #expect(try sample["v"]?.floats().map(\.bitPattern) == Self.vector)
        #expect(try sample["i"]?.int32s() == Self.indexes)
        #expect(try sample["p"]?.floats().map(\.bitPattern) == Self.picture)
        #expect(try inputs.sample(1, amplitude: 2) != sample)
        #expect(try inputs.sample(0, amplitude: 2) == sample)
    }

    // Worked out by another program, in the same IEEE arithmetic.
    static let vector: [UInt32] = [0xbf06_f954, 0x3fe3_1ad8, 0xbfe8_d414]
    static let indexes: [Int32] = [9, 7, 9, 2]
    static let picture: [UInt32] = [
        0x3f73_676c, 0x3f37_2a4f, 0xbc11_7da0, 0xbf0a_d918, 0x3ebd_91f3, 0x3e5a_06a4,
    ]

    @Test("stay within the amplitude and come near it")
    func range() throws {
        let inputs = SyntheticInputs(
            inputs: [
                .init(blob: "p", extents: [3, 40, 50], limit: nil), .init(blob: "v", extents: [500], limit: nil),
            ],
            seed: 7)
        for tensor in try inputs.sample(0, amplitude: 3).values {
            let values = tensor.values
            #expect(values.allSatisfy { abs($0) <= 3 })
            #expect(values.contains { $0 > 2 } && values.contains { $0 < -2 })
        }
    }

    @Test("have the shape that the Input layer names, by its params or its hint")
    func named() throws {
        for (line, shape) in [
            ("0=5", [5]), ("0=5 1=4", [4, 5]), ("0=5 1=4 2=3", [3, 4, 5]), ("0=5 1=4 11=2 2=3", [3, 2, 4, 5]),
            ("-23330=4,3,5,4,3", [3, 4, 5]), ("-23330=5,3,5,4,1,3", [3, 4, 5]), ("-23330=5,4,5,4,2,3", [3, 2, 4, 5]),
            ("-23330=5,1,5,1,1,1", [5]), ("-23330=5,2,5,4,1,1", [4, 5]),
        ] {
            let network = try network(["Input in0 0 1 in0 \(line)", "ReLU r 1 1 in0 out0"])
            let samples = try Samples.synthetic(for: network, scales: [:])
            #expect(try samples.sample(0)["in0"]?.shape == shape, "\(line)")
            #expect(samples.notes == ["amplitude 1, as no layer has a scale to estimate it from"])
        }
    }

    @Test("where no shape is named have the first with which the model runs, and say so")
    func found() throws {
        // A fully connected layer behind a convolution: 1 channel of 16 × 16 pixels and no other picture fits.
        let lines = [
            "Input in0 0 1 in0", "Split s 1 2 in0 a b", "Convolution c 1 1 a c 0=1 1=1 6=3",
            "InnerProduct f 1 1 c out0 0=1 2=256", "Noop n 1 1 b out1",
        ]
        let weights: [Float?] = [nil, 1, 1, 1, nil] + [Float](repeating: 1, count: 256)
        let samples = try Samples.synthetic(for: network(lines, weights), scales: [:])
        #expect(try samples.sample(0)["in0"]?.shape == [3, 16, 16])
        #expect(samples.notes.first == "the model names no input shape, it runs with in0 [3, 16, 16]")
    }

    @Test("without any hint of a shape there are none, and the reason says why")
    func noShape() throws {
        let network = try network(["Input in0 0 1 in0", "ReLU r 1 1 in0 out0"])
        #expect(
            throws: EvaluationError.inputs(
                clause: "the Input layer in0 names no shape, and no layer behind it tells one")
        ) {
            try Samples.synthetic(for: network, scales: [:])
        }
    }

    @Test("have the amplitude that the layers inside were made for, whatever the first layer's scale says")
    func amplitude() throws {
        let lines = [
            "Input in0 0 1 in0 0=64", "InnerProduct f1 1 1 in0 a 0=64 2=4096", "InnerProduct f2 1 1 a b 0=64 2=4096",
            "InnerProduct f3 1 1 b out0 0=64 2=4096",
        ]
        // Each layer doubles its input.
        let double: [Float?] = [nil] + (0..<4096).map { $0 / 64 == $0 % 64 ? 2 : 0 }
        let network = try network(lines, double + double + double)
        // The first layer is ready for ±0.01, those behind for ±20 and ±40: inputs of ±10.
        let samples = try Samples.synthetic(for: network, scales: [1: 12700, 2: 127 / 20, 3: 127 / 40])
        let largest = try (0..<8).map { try samples.sample($0)["in0"]?.values.map(abs).max() ?? 0 }.max() ?? 0
        #expect(abs(largest - 10) < 0.1)
        #expect(samples.notes.count == 1)
        #expect(samples.notes.first?.contains("2 int8 layers inside") == true)
    }

    @Test("a layer that undoes every amplitude does not drive it away")
    func normalized() throws {
        let lines = [
            "Input in0 0 1 in0 0=8 1=8 2=1", "MVN m 1 1 in0 a 0=1", "Convolution c 1 1 a b 0=1 1=1 6=1",
            "Convolution d 1 1 b out0 0=1 1=1 6=1",
        ]
        let network = try network(lines, [nil, 1, nil, 1])
        let samples = try Samples.synthetic(for: network, scales: [2: 1, 3: 1])
        let largest = try samples.sample(0)["in0"]?.values.map(abs).max() ?? 0
        #expect(largest > 0.1 && largest <= 1)
    }

    @Test("a named shape that is too large makes no input, and the reason says so")
    func large() throws {
        let network = try network(["Input in0 0 1 in0 0=100000 1=100000", "ReLU r 1 1 in0 out0"])
        let error = try #require(throws: EvaluationError.self) {
            try Samples.synthetic(for: network, scales: [:]).sample(0)
        }
        #expect(error.description.hasPrefix("no input can be made: shape [100000, 100000] has more than"))
    }

    @Test("the search for a shape ends where the caller wants it")
    func checked() throws {
        struct Enough: Error {}
        let network = try network(
            ["Input in0 0 1 in0", "Convolution c 1 1 in0 out0 0=1 1=1 6=1"], [nil, 1])
        #expect(throws: Enough.self) { try Samples.synthetic(for: network, scales: [:]) { throw Enough() } }
    }
}
