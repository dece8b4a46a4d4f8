import Foundation
import Inference
import LayerCatalogue
import ModelFormat
import Numerics
import TestSupport
import Testing
import Vocabulary

@testable import Evaluating

@Suite("both twins on the same samples")
struct TwinEvaluationTests {
    // MARK: Figures that can be worked out by hand

    @Test("an error of a tenth is 20 dB and no other angle")
    func sqnr() throws {
        let twins = try scaledTwins([1, 1], [1.1, 1.1])
        let report = try TwinEvaluation().report(of: twins, on: samples([3, 4], [-6, 8]))
        #expect(report.samples == 2 && report.layerSamples == 2)
        let sqnr = try #require(report.metric("sqnr_db", "out0")?.int8)
        #expect(abs(sqnr - 20) < 1e-4)
        #expect(abs((report.metric("cosine", "out0")?.int8 ?? 0) - 1) < 1e-9)
        #expect(abs((report.metric("max_error", "out0")?.int8 ?? 0) - 0.8) < 1e-6)
        #expect(report.metric("cosine", "out0")?.samples == 2)
        let layer = try #require(report.layers[1])
        #expect(layer.local == nil, "the layer is float in both")
        #expect(abs((layer.accumulated?.sqnr ?? 0) - 20) < 1e-4)
        #expect(report.layers[0] == nil, "an input has no error")
    }

    @Test("a turn by 60° has a cosine of a half, over all samples together")
    func cosine() throws {
        let lines = ["Input in0 0 1 in0 0=2", "InnerProduct f 1 1 in0 out0 0=2 2=4"]
        let turn: [Float?] = [nil, 0.5, -Float(3).squareRoot() / 2, Float(3).squareRoot() / 2, 0.5]
        let twins = try Twins(float: network(lines, [nil, 1, 0, 0, 1]), int8: network(lines, turn))
        let report = try TwinEvaluation().report(of: twins, on: samples([1, 0], [5, 7]))
        #expect(abs((report.metric("cosine", "out0")?.int8 ?? 0) - 0.5) < 1e-6)
        #expect(abs(report.metric("sqnr_db", "out0")?.int8 ?? 1) < 1e-6)
    }

    @Test("sums go over all samples: a loud one weighs more than a quiet one")
    func streamed() throws {
        // Signal 1 + 100, noise 1 + 0.
        let twins = try scaledTwins([1, 1], [0, 1])
        let report = try TwinEvaluation().report(of: twins, on: samples([1, 0], [0, 10]))
        #expect(abs((report.metric("sqnr_db", "out0")?.int8 ?? 0) - 10 * log10(101)) < 1e-9)
    }

    @Test("the same twice has no ratio, the reason, and no error")
    func same() throws {
        let report = try TwinEvaluation().report(of: scaledTwins([1, 1], [1, 1]), on: samples([1, 2]))
        let sqnr = try #require(report.metric("sqnr_db", "out0"))
        #expect(sqnr.int8 == nil && sqnr.reason == "there is no difference")
        #expect(report.metric("cosine", "out0")?.int8 == 1)
        #expect(report.metric("max_error", "out0")?.int8 == 0)
        #expect(Gate().judge(report).verdict == .passed)
    }

    @Test("agreement counts the best class, and whether it is among five of the other twin")
    func agreement() throws {
        let identity = [Float](repeating: 1, count: 6)
        let twins = try scaledTwins(identity, [1, 1, 1, 1, 1, -1])
        // The float twin's best is the last class in two of four samples; there the int8 twin has it last.
        let report = try TwinEvaluation().report(
            of: twins,
            on: samples(
                [1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1], [9, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 8], labels: [5, 0, 1, 5]))
        #expect(report.metric("top1_agreement", "out0")?.int8 == 0.5)
        #expect(report.metric("top5_agreement", "out0")?.int8 == 0.5)
        let top1 = try #require(report.figures.first { $0.metric.type == "top1" })
        #expect(top1.metric.float == 0.75 && top1.metric.int8 == 0.25 && top1.metric.delta == -0.5)
        #expect(top1.metric.samples == 4)
        #expect(top1.interval?.contains(-0.5) == true)
        #expect(report.metric("top5")?.float == 1)
        #expect(report.metric("top5")?.int8 == 0.5)
    }

    @Test("few classes have no top-5, more axes or one element no classes at all")
    func noScores() throws {
        let three = try TwinEvaluation().report(
            of: scaledTwins([1, 1, 1], [1, 1, 1]), on: samples([1, 2, 3], labels: [2]))
        #expect(three.metric("top1_agreement", "out0")?.int8 == 1)
        #expect(three.metric("top5_agreement", "out0") == nil)
        #expect(three.metric("top1")?.int8 == 1)
        #expect(three.metric("top5")?.reason == "output out0 has only 3 classes")
        let one = try TwinEvaluation().report(of: scaledTwins([1], [1]), on: samples([1], labels: [0]))
        #expect(one.metric("top1_agreement", "out0") == nil)
        #expect(one.metric("top1")?.reason == "no output is a score vector")
    }

    @Test("labels without a class, none at all and two outputs give no accuracy, and the reason")
    func labels() throws {
        let twins = try scaledTwins([1, 1], [1, 1])
        let beyond = try TwinEvaluation().report(of: twins, on: samples([1, 2], [2, 1], labels: [1, 2]))
        #expect(beyond.metric("top1")?.reason == "output out0: label 2 of sample 1 is none of the 2 classes")
        #expect(beyond.metric("top1")?.int8 == nil)
        let none = try TwinEvaluation().report(of: twins, on: samples([1, 2]))
        #expect(none.metric("top1")?.reason == "test has no labels")
        let lines = ["Input in0 0 1 in0", "Split s 1 2 in0 out0 out1"]
        let two = try TwinEvaluation().report(
            of: Twins(float: network(lines), int8: network(lines)), on: samples([1, 2], labels: [1]))
        #expect(
            two.metric("top1")?.reason
                == "2 outputs are score vectors (out0, out1), and the labels do not say whose they are")
    }

    // MARK: What is no number

    @Test("NaN in the int8 twin is named, is part of no figure, and no gate lets it pass")
    func notANumber() throws {
        let report = try TwinEvaluation().report(
            of: scaledTwins([1, 1], [1, .nan]), on: samples([1, 2], [1, 3], labels: [0, 0]))
        for type in ["cosine", "sqnr_db", "max_error"] {
            let metric = try #require(report.metric(type, "out0"))
            #expect(metric.int8 == nil)
            #expect(metric.reason == "the int8 twin has NaN or infinite values in 2 samples")
        }
        #expect(report.metric("non_finite_samples", "out0")?.float == 0)
        #expect(report.metric("non_finite_samples", "out0")?.int8 == 2)
        #expect(report.metric("top1_agreement", "out0") == nil)
        #expect(report.metric("top1")?.reason == "output out0: the int8 twin has NaN or infinite values in 2 samples")
        #expect(report.layers[1]?.accumulated == nil)
        #expect(report.layers[1]?.notes.first?.hasPrefix("accumulated error not measured: the int8 twin") == true)
        for gate in [Gate(), Gate(limits: Gate.Limits())] {
            let result = gate.judge(report)
            #expect(result.verdict == .failed)
            #expect(
                result.breaches.map(\.description) == [
                    "2 samples of output out0 have NaN or infinite values in the int8 twin, 0 in the float twin"
                ])
        }
    }

    @Test("one infinite value in one sample leaves no figure of the others")
    func infinite() throws {
        let report = try TwinEvaluation().report(
            of: scaledTwins([1, 1], [1, 1]), on: samples([1, 2], [.infinity, 3], [1, 1]))
        #expect(report.metric("cosine", "out0")?.int8 == nil)
        #expect(
            report.metric("cosine", "out0")?.reason
                == "NaN or infinite values in 1 samples of the float twin and 1 of the int8 twin")
        let result = Gate().judge(report)
        #expect(result.verdict == nil)
        #expect(result.unchecked.first?.hasPrefix("min_cosine of output out0 was not checked") == true)
    }

    // MARK: What cannot be run

    @Test("operators that are not covered are named, and every figure is missing for that reason")
    func unsupported() throws {
        let (param, bin) = try files(["Input in0 0 1 in0 0=2", "Foo f 1 1 in0 a", "Bar b 1 1 a out0"])
        let model = try Model(param, bin: bin)
        let outcome = try TwinEvaluation().run(float: model, int8: model)
        let reason = "model.param: no operator for layer types Foo, Bar"
        #expect(outcome.report.reason == reason)
        #expect(outcome.twins == nil)
        #expect(!outcome.report.figures.isEmpty)
        #expect(outcome.report.figures.allSatisfy { $0.metric.int8 == nil && $0.metric.reason == reason })
        #expect(outcome.report.samples == 0 && outcome.report.dataset == nil)
        let result = Gate().judge(outcome.report)
        #expect(result.verdict == nil)
        #expect(result.reason == "nothing was measured: \(reason)")
    }

    @Test("a layer that refuses its input leaves no figures, and the reason")
    func misfit() throws {
        let report = try TwinEvaluation().report(of: scaledTwins([1, 1], [1, 1]), on: samples([1, 2], [1, 2, 3]))
        #expect(report.reason?.hasPrefix("layer s (Scale): ") == true)
        #expect(report.figures.allSatisfy { $0.metric.int8 == nil })
        #expect(report.dataset == "test")
    }

    @Test("networks that are no twins are refused with the first difference")
    func noTwins() throws {
        let error = try #require(throws: EvaluationError.self) {
            try Twins(
                float: network(["Input in0 0 1 in0", "ReLU r 1 1 in0 out0"]),
                int8: network(["Input in0 0 1 in0", "Noop r 1 1 in0 out0"]))
        }
        #expect(error.description.hasPrefix("layer 1 is r (ReLU) with blobs [\"in0\"] to [\"out0\"] in the float twin"))
    }

    // MARK: Budgets

    @Test("the budget of samples is kept, and the number is recorded")
    func sampleBudget() throws {
        let many = Samples(dataset: "many", count: 1000) { _ in ["in0": try Tensor([2], [1, 2])] }
        var seen: [EvaluationProgress] = []
        let report = try TwinEvaluation(budget: EvaluationBudget(samples: 5, layerSamples: 2))
            .report(of: scaledTwins([1, 1], [1.1, 1.1]), on: many) { seen.append($0) }
        #expect(report.samples == 5 && report.layerSamples == 2)
        #expect(report.metric("cosine", "out0")?.samples == 5)
        #expect(seen == (1...5).map { EvaluationProgress(done: $0, total: 5) })
    }

    @Test("when the time is over no further sample is begun, but one is always done")
    func timeBudget() throws {
        for (limit, wanted) in [(0, 1), (3, 3), (100, 10)] {
            // The clock is looked at once at the start and once before each sample but the first.
            let clock = SteppingClock(step: .seconds(1))
            let evaluation = TwinEvaluation(
                budget: EvaluationBudget(samples: 10, time: .seconds(limit)), uptime: clock.uptime)
            let many = Samples(dataset: "many", count: 1000) { _ in ["in0": try Tensor([2], [1, 2])] }
            let report = try evaluation.report(of: scaledTwins([1, 1], [1, 1]), on: many)
            #expect(report.samples == wanted)
            #expect(report.notes.isEmpty == (wanted == 10), "\(report.notes)")
        }
    }

    @Test("what the progress throws ends the evaluation")
    func stopped() throws {
        struct Stop: Error {}
        var calls = 0
        #expect(throws: Stop.self) {
            try TwinEvaluation().report(of: scaledTwins([1, 1], [1, 1]), on: samples([1, 2], [1, 2], [1, 2])) { _ in
                calls += 1
                if calls == 2 { throw Stop() }
            }
        }
        #expect(calls == 2)
    }

    @Test("a cancelled task gives no report")
    func cancelled() async throws {
        let twins = try scaledTwins([1, 1], [1, 1])
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try TwinEvaluation().report(of: twins, on: samples([1, 2]))
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    // MARK: Layers

    @Test("a layer alone gets the float twin's bottoms, and its requantized tops count as the floats they stand for")
    func local() throws {
        let golden = try GoldenModel("fuse-conv-conv")
        let twins = try golden.twins()
        let samples = try Samples.synthetic(for: twins.float, scales: golden.int8().activationScales(), count: 2)
        let report = try TwinEvaluation().report(of: twins, on: samples)
        #expect(twins.int8Layers.count == 3)
        let fused = twins.int8Layers.filter { twins.int8.topScale(ofLayer: $0) != nil }
        #expect(!fused.isEmpty)
        for index in twins.int8Layers {
            let measures = try #require(report.layers[index])
            let (local, accumulated) = (try #require(measures.local?.sqnr), try #require(measures.accumulated?.sqnr))
            #expect(local > 15, "layer \(index)")
            #expect(local >= accumulated - 0.5, "layer \(index)")
        }
        let first = try #require(twins.int8Layers.min())
        #expect(report.layers[first]?.local == report.layers[first]?.accumulated, "nothing before it is int8")
    }

    @Test("where a foreign tool fused layers of different scales, the layer that reads them shows the harm alone")
    func differentScales() throws {
        let folder = Fixtures.golden("fuse-split-different-scales")
        func load(_ name: String) throws -> Model<MemoryBytes> {
            try Model(
                ParamFile(Fixtures.bytes(folder.appending("\(name).param")), file: "\(name).param"),
                bin: MemoryBytes(Fixtures.bytes(folder.appending("\(name).bin")), file: "\(name).bin"))
        }
        let (float, upstream) = (try load("model"), try load("expected-int8"))
        let input = try Tensor(
            NpyFile(MemoryBytes(Fixtures.bytes(folder.appending("in0.npy")), file: "in0.npy")), blob: "in0")
        let twins = try Twins(
            float: Network(float.param, bin: float.bin), int8: Network(upstream.param, bin: upstream.bin))
        let samples = Samples(dataset: "recorded", count: 1) { _ in ["in0": input] }
        let report = try TwinEvaluation().report(of: twins, on: samples)
        func local(_ blob: String) throws -> Double {
            let layer = try #require(float.param.layers.first { $0.tops.contains(blob) })
            return try #require(report.layers[layer.index]?.local?.sqnr)
        }
        // The runtime's own outputs are 32.6 dB and -7.6 dB from the float ones.
        #expect(try local("b") > 25)
        #expect(try local("d") < 0)
        #expect(abs((report.metric("sqnr_db", "b")?.int8 ?? 0) - 32.6) < 0.5)
        #expect(abs((report.metric("sqnr_db", "d")?.int8 ?? 0) + 7.6) < 0.5)
    }

    @Test("the scales of the int8 twin are those of the table")
    func scales() throws {
        let golden = try GoldenModel("digits-kl-collapse", table: "bad-kl.table")
        let scales = try golden.int8().activationScales()
        #expect(scales.count == 7)
        #expect(scales[1] == 2008.463379)
    }
}
