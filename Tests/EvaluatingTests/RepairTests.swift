import Inference
import TestSupport
import Testing
import Vocabulary

@testable import Evaluating

@Suite("repair")
struct RepairTests {
    static let evaluation = TwinEvaluation(
        budget: EvaluationBudget(samples: 60, time: .seconds(600), layerSamples: 4))

    /// A repair of a golden case, on its images or on synthetic inputs.
    static func repair(
        _ golden: GoldenModel, images: Bool, gate: Gate = Gate(onFail: .mixed), by repair: Repair = Repair()
    ) throws -> (first: EvaluationReport, outcome: Repair.Outcome) {
        let folder = images ? try golden.evalFolder() : nil
        let first = try evaluation.run(float: golden.float, int8: golden.int8(), folder: folder?.eval)
        let (twins, samples) = (try #require(first.twins), try #require(first.samples))
        let outcome = try repair.run(
            twins, report: first.report, on: samples, by: evaluation, until: gate, twin: golden.twin)
        return (first.report, outcome)
    }

    @Test("the ruined table costs one layer, the first, with labels and without", arguments: [true, false])
    func mended(_ images: Bool) throws {
        let golden = try GoldenModel("digits-kl-collapse", table: "bad-kl.table")
        let (first, outcome) = try Self.repair(golden, images: images)
        #expect(Gate().judge(first).verdict == .failed)
        #expect(outcome.holds)
        #expect(outcome.steps.map(\.layer) == ["convrelu_0"])
        #expect(outcome.floatLayers.keys.sorted() == ["convrelu_0"])
        #expect(outcome.floatLayers["convrelu_0"]?.code == .repaired)
        let step = try #require(outcome.steps.first)
        #expect(step.before == first.figures && step.after == outcome.report.figures)
        func value(_ type: String, _ figures: [EvaluationFigure]) -> Double {
            figures.first { $0.metric.type == type }?.metric.int8 ?? .nan
        }
        #expect(value("sqnr_db", step.before) < 3 && value("sqnr_db", step.after) > 15)
        if images {
            #expect(value("top1", step.before) < 0.3)
            #expect(outcome.report.metric("top1")?.delta == 0)
        }
    }

    @Test("a twin that holds is left alone, and nothing is quantized again")
    func sound() throws {
        struct Quantized: Error {}
        let twins = try scaledTwins([1, 1], [1, 1])
        let report = try Self.evaluation.report(of: twins, on: samples([1, 2]))
        let outcome = try Repair().run(
            twins, report: report, on: samples([1, 2]), by: Self.evaluation, until: Gate(onFail: .mixed)
        ) { _ in throw Quantized() }
        #expect(outcome.steps.isEmpty && outcome.holds && outcome.report == report)
    }

    @Test("at the limit of layers it stops, the worst layers first, and does not claim that the gate holds")
    func limit() throws {
        let golden = try GoldenModel("digits-cnn")
        let gate = Gate(limits: Gate.Limits(minSQNR: 200), onFail: .mixed)
        let (_, outcome) = try Self.repair(golden, images: true, gate: gate, by: Repair(layers: 2, samples: 2))
        #expect(outcome.steps.count == 2)
        #expect(!outcome.holds && outcome.result.verdict == .failed)
        #expect(outcome.steps[0].harm <= outcome.steps[1].harm)
        #expect(outcome.steps[1].before == outcome.steps[0].after)
        #expect(Set(outcome.floatLayers.keys) == Set(outcome.steps.map(\.layer)))
    }

    @Test("of two layers that each ruin the result both are found")
    func twoRuined() throws {
        // Two scales under which nearly all is clipped: either alone is enough to spoil the output.
        var table = try Fixtures.bytes(Fixtures.golden("digits-kl-collapse").appending("model.table"))
        table += Array("\nconvrelu_2 5000\nfcrelu_0 1000\n".utf8)
        let golden = try GoldenModel("digits-kl-collapse", tableBytes: table)
        let (_, outcome) = try Self.repair(golden, images: true)
        #expect(outcome.holds)
        #expect(Set(outcome.steps.map(\.layer)) == ["convrelu_2", "fcrelu_0"])
    }
}
