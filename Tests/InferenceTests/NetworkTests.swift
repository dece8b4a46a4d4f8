import Inference
import ModelFormat
import Numerics
import Testing

@Suite("running a network")
struct NetworkTests {
    /// Two pools of one input; `a` keeps the largest of each pair, `b` the mean.
    static let fork = TestModel(
        "Input in0 0 1 in0", "Split split 1 2 in0 s0 s1", "Pooling1D first 1 1 s0 a 0=0 1=2 2=2",
        "Pooling1D second 1 1 s1 b 0=1 1=2 2=2", "Pooling1D third 1 1 b c 0=0 1=2 2=2")
    static let input = ["in0": try? Tensor([1, 4], [1, 3, 5, 9])].compactMapValues(\.self)

    @Test("outputs are the blobs that no layer takes")
    func outputs() throws {
        let network = try Self.fork.network()
        #expect(network.inputs == ["in0"])
        #expect(network.outputs == ["a", "c"])
        let found = try network.run(Self.input)
        #expect(try found == ["a": Tensor([1, 2], [3, 9]), "c": Tensor([1, 1], [7])])
    }

    @Test("any blob can be wanted, and only the layers that it needs run")
    func wanted() throws {
        var ran: [String] = []
        let found = try Self.fork.network().run(Self.input, wanting: ["b"]) { ran.append($0.layer.name) }
        #expect(try found == ["b": Tensor([1, 2], [2, 7])])
        #expect(ran == ["split", "second"])
    }

    @Test("a blob that is given is not computed")
    func given() throws {
        let network = try Self.fork.network()
        let found = try network.run(["b": Tensor([1, 2], [4, 6])], wanting: ["c", "b"])
        #expect(try found == ["b": Tensor([1, 2], [4, 6]), "c": Tensor([1, 1], [6])])
    }

    @Test("an observer sees bottoms and tops of each layer in order, and can end the run")
    func observer() throws {
        struct Enough: Error {}
        let network = try Self.fork.network()
        var seen: [String] = []
        #expect(throws: Enough.self) {
            try network.run(Self.input) { event in
                seen.append(event.layer.name)
                if event.layer.name == "second" {
                    #expect(try event.bottoms == [Tensor([1, 4], [1, 3, 5, 9])])
                    #expect(try event.tops == [Tensor([1, 2], [2, 7])])
                    throw Enough()
                }
            }
        }
        #expect(seen == ["split", "first", "second"])
    }

    @Test("one layer runs alone on other bottoms")
    func alone() throws {
        let network = try Self.fork.network()
        #expect(try network.run(layer: 4, on: [Tensor([1, 2], [8, 2])]) == [Tensor([1, 1], [8])])
    }

    @Test("several threads give what one gives")
    func threads() throws {
        let weights = (0..<8 * 3 * 9).map { Optional(Float($0 % 7) - 3) }
        let network = try TestModel("Input in0 0 1 in0", "Convolution conv 1 1 in0 out 0=8 1=3 4=1 6=216")
            .with([nil] + weights).network()
        let input = try [
            "in0": Tensor(floats: [3, 9, 9]) { for index in $0.indices { $0[index] = Float(index % 11) } }
        ]
        let one = try network.run(input)
        for threads in [2, 3, 64] { #expect(try network.run(input, threads: threads) == one) }
    }

    @Test("int8 tops come out as floats of the same whole numbers, an observer sees them as they are")
    func int8Output() throws {
        let network = try TestModel("Input in0 0 1 in0", "Quantize q 1 1 in0 out 0=1").with([10]).network()
        var tops: [Tensor] = []
        let found = try network.run(["in0": Tensor([3], [0.14, -0.25, 99])]) { tops += $0.tops }
        #expect(try found["out"] == Tensor([3], [1, -3, 127]))
        #expect(try tops == [Tensor([3], .int8([1, -3, 127]))])
    }

    @Test("an observer is told the scale of int8 tops, through layers that only move them too")
    func topScales() throws {
        // The convolution requantizes with scale 4, a Split passes its int8 blob on to one that makes floats.
        let network = try TestModel(
            "Input in0 0 1 in0", "Convolution c 1 1 in0 a 0=1 1=1 6=1 8=102", "Split s 1 2 a b d",
            "Convolution e 1 1 b out 0=1 1=1 6=1 8=2"
        ).with([nil, 0.5, 254, 10, 4] + [nil, 0.5, 254, 4]).network()
        var scales: [String: Float?] = [:]
        var kinds: [String: String] = [:]
        let found = try network.run(["in0": Tensor([1, 1, 2], [1, 2])]) { event in
            scales[event.layer.name] = event.topScale
            kinds[event.layer.name] = event.tops.first?.elements.kind
        }
        #expect(scales == ["c": 4, "s": 4, "e": nil])
        #expect(kinds == ["c": "int8", "s": "int8", "e": "float"])
        #expect(network.topScale(ofLayer: 1) == 4)
        #expect(network.topScale(ofLayer: 3) == nil)
        // 1 and 2 halved are 0.5 and 1, in steps of a quarter 2 and 4; halved again they are 0.25 and 0.5.
        #expect(try found == ["d": Tensor([1, 1, 2], [2, 4]), "out": Tensor([1, 1, 2], [0.25, 0.5])])
    }

    @Test("all layer types without an operator are named, each once")
    func unsupported() {
        let model = TestModel(
            "Input in0 0 1 in0", "Foo a 1 1 in0 a", "ArgMax b 1 1 a b", "Foo c 1 1 b c")
        let error = #expect(throws: InferenceError.self) { try model.network() }
        #expect(error == .unsupported(types: ["Foo", "ArgMax"], file: "model.param"))
        #expect(error?.description == "model.param: no operator for layer types Foo, ArgMax")
    }

    @Test("a .bin of another size is refused with both sizes", arguments: [0, 7, 9])
    func binSize(_ count: Int) {
        var model = TestModel("Input in0 0 1 in0", "Quantize q 1 1 in0 out 0=2")
        model.bin = [UInt8](repeating: 0, count: count)
        let error = #expect(throws: InferenceError.self) { try model.network() }
        #expect(error?.description == "model.bin: has \(count) bytes, wanted 8")
    }

    @Test("a missing input, an unknown input and an unknown output are named")
    func unknownBlobs() throws {
        let network = try Self.fork.network()
        #expect(throws: InferenceError.layer(name: "in0", type: "Input", clause: "no tensor was given for this input"))
        {
            try network.run([:])
        }
        let unknown = #expect(throws: InferenceError.self) { try network.run(["x": .empty]) }
        #expect(unknown?.description.hasPrefix("blob x: is given") == true)
        let wanted = #expect(throws: InferenceError.self) { try network.run(Self.input, wanting: ["y"]) }
        #expect(wanted?.description.hasPrefix("blob y: is wanted") == true)
    }

    @Test("a .npy becomes a tensor of its kind, and back")
    func npy() throws {
        let floats = try #require(NpyFile(shape: [2], [1.5, -2] as [Float]))
        #expect(try Tensor(floats, blob: "in0") == Tensor([2], [1.5, -2]))
        #expect(try Tensor(floats, blob: "in0").npy == floats)
        let integers = try #require(NpyFile(shape: [2], [1, -2] as [Int32]))
        #expect(try Tensor(integers, blob: "in0") == Tensor([2], .int32([1, -2])))
        #expect(try Tensor(integers, blob: "in0").npy == integers)
        #expect(Tensor.empty.npy == nil)
        let wide = try #require(NpyFile(shape: [1, 1, 1, 1, 1], [1] as [Float]))
        let error = #expect(throws: InferenceError.self) { try Tensor(wide, blob: "in0") }
        #expect(error?.description.contains("blob in0: shape [1, 1, 1, 1, 1] has 5 axes") == true)
    }
}
