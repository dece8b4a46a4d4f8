import Inference
import ModelFormat
import Numerics
import Testing

/// Networks that were trained on scanned digits, over the 360 held-out images: what counts in the end.
@Suite("trained networks on real images")
struct DigitsTests {
    /// A twin, and the file of what the runtime made of the images.
    static let networks = [
        (GoldenNetwork("digits-cnn", twin: "fp32"), "eval-logits-fp32.npy"),
        (GoldenNetwork("digits-cnn", twin: "int8"), "eval-logits-int8.npy"),
        (GoldenNetwork("digits-kl-collapse", twin: "fp32"), "out-fp32-out0.npy"),
        (GoldenNetwork("digits-kl-collapse", twin: "int8"), "out-int8-out0.npy"),
    ]

    @Test("top-1 is the runtime's within one image, and so are nearly all answers", arguments: networks)
    func topOne(_ golden: GoldenNetwork, _ recorded: String) throws {
        let network = try golden.network()
        let images = try golden.source("eval-x.npy")
        let logits = try golden.source(recorded)
        let labels = try #require(try NpyFile(golden.source("eval-y.npy")).integers)
        var correct = 0
        var runtimeCorrect = 0
        var disagreements = 0
        var smallestCosine = 1.0
        for (index, label) in labels.enumerated() {
            let image = try Tensor(NpyFile(sample: index, of: images), blob: "in0")
            let want = try Tensor(NpyFile(sample: index, of: logits), blob: "out0")
            let got = try #require(try network.run(["in0": image])["out0"])
            correct += Self.best(got) == label ? 1 : 0
            runtimeCorrect += Self.best(want) == label ? 1 : 0
            disagreements += Self.best(got) == Self.best(want) ? 0 : 1
            smallestCosine = min(smallestCosine, try Deviation(got, from: want).cosine)
        }
        #expect(labels.count == 360)
        // A trained network: figures of chance would agree with anything.
        #expect(runtimeCorrect > 340)
        #expect(abs(correct - runtimeCorrect) <= 1, "\(correct) against the runtime's \(runtimeCorrect)")
        #expect(disagreements <= 1)
        #expect(smallestCosine > 0.999)
    }

    /// The index of the largest score.
    private static func best(_ scores: Tensor) -> Int? {
        scores.values.indices.max { scores.values[$0] < scores.values[$1] }
    }
}
