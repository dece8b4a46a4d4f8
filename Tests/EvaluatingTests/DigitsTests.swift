import Foundation
import SystemPackage
import TestSupport
import Testing
import Vocabulary

@testable import Evaluating

/// The trained networks, where a table decides between a sound int8 twin and a useless one.
@Suite("trained networks and their tables")
struct DigitsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let table: String
        let verdict: Verdict

        var testDescription: String { "\(name) with \(table)" }
    }

    static let cases = [
        Case(name: "digits-cnn", table: "model.table", verdict: .passed),
        Case(name: "digits-cnn", table: "model.aciq.table", verdict: .passed),
        Case(name: "digits-kl-collapse", table: "model.table", verdict: .passed),
        Case(name: "digits-kl-collapse", table: "bad-kl.table", verdict: .failed),
    ]

    /// Top-1 of ncnn's runtime on the same 360 images, float and int8.
    static func recorded(_ one: Case) throws -> (float: Double, int8: Double) {
        let recorded = try GoldenModel(one.name, table: nil).recorded()
        let top1 = recorded["top1"] as? [String: Any] ?? recorded
        let keys = [
            "digits-cnn model.table": ("fp32", "int8_kl"), "digits-cnn model.aciq.table": ("fp32", "int8_aciq"),
            "digits-kl-collapse model.table": ("top1_fp32", "top1_int8"),
            "digits-kl-collapse bad-kl.table": ("top1_fp32", "top1_int8_bad_kl_table"),
        ]
        let (float, int8) = try #require(keys["\(one.name) \(one.table)"])
        return (try #require(top1[float] as? Double), try #require(top1[int8] as? Double))
    }

    @Test("with labels: top-1 of both twins is the runtime's within one image, and the gate decides", arguments: cases)
    func labelled(_ one: Case) throws {
        let golden = try GoldenModel(one.name, table: one.table)
        let folder = try golden.evalFolder()
        let evaluation = TwinEvaluation(budget: EvaluationBudget(time: .seconds(600), layerSamples: 8))
        let report = try evaluation.run(float: golden.float, int8: golden.int8(), folder: folder.eval).report
        #expect(report.dataset == "digits.eval")
        #expect(report.samples == 360 && report.layerSamples == 8)
        let top1 = try #require(report.figures.first { $0.metric.type == "top1" })
        let (float, int8) = (try #require(top1.metric.float), try #require(top1.metric.int8))
        let recorded = try Self.recorded(one)
        #expect(abs(float - recorded.float) * 360 < 1.01, "\(float) against the runtime's \(recorded.float)")
        #expect(abs(int8 - recorded.int8) * 360 < 1.01, "\(int8) against the runtime's \(recorded.int8)")
        let delta = try #require(top1.metric.delta)
        #expect(top1.interval?.contains(delta) == true)
        #expect(Gate().judge(report).verdict == one.verdict)
        #expect(report.layers.values.filter { $0.local != nil }.count == 7)
    }

    @Test("with nothing but the triple: synthetic inputs find the collapse, and pass what is sound", arguments: cases)
    func synthetic(_ one: Case) throws {
        let golden = try GoldenModel(one.name, table: one.table)
        let evaluation = TwinEvaluation(budget: EvaluationBudget(samples: 8, time: .seconds(600), layerSamples: 2))
        let report = try evaluation.run(float: golden.float, int8: golden.int8()).report
        #expect(report.dataset == "synthetic" && report.samples == 8)
        #expect(report.metric("top1")?.reason == "synthetic has no labels")
        #expect(report.notes.count == 2, "\(report.notes)")
        let result = Gate().judge(report)
        #expect(result.verdict == one.verdict, "\(result)")
    }

    @Test("the collapse is laid at the first layer's door, by its local error and by its effect on the output")
    func blamed() throws {
        let golden = try GoldenModel("digits-kl-collapse", table: "bad-kl.table")
        let folder = try golden.evalFolder(labelled: false)
        let evaluation = TwinEvaluation(budget: EvaluationBudget(samples: 8))
        let report = try evaluation.run(float: golden.float, int8: golden.int8(), folder: folder.eval).report
        let worst = report.layers.min { ($0.value.local?.sqnr ?? .infinity) < ($1.value.local?.sqnr ?? .infinity) }
        #expect(worst?.key == 1)
        #expect((worst?.value.local?.sqnr ?? 100) < 3)
    }
}

/// Models of one kind of layer each, with the tables that ncnn's own tool made for them.
@Suite("sound models without samples")
struct SoundModelTests {
    static let names = [
        "codebook-weights", "conv-basic", "conv-depthwise-group", "fuse-conv-conv", "fuse-conv-dw-conv", "fuse-dw-dw",
        "fuse-partial-table", "fuse-relu-between", "fuse-split-conv-conv", "fuse-split-conv-pool",
        "fuse-split-different-scales", "innerproduct", "innerproduct-2d", "mixed-precision", "param-bin",
    ]

    @Test("pass the gate on synthetic inputs", arguments: names)
    func passed(_ name: String) throws {
        let golden = try GoldenModel(name)
        let evaluation = TwinEvaluation(budget: EvaluationBudget(samples: 4, time: .seconds(600), layerSamples: 1))
        let report = try evaluation.run(float: golden.float, int8: golden.int8()).report
        let result = Gate().judge(report)
        #expect(result.verdict == .passed, "\(result) \(report.reason ?? "")")
        #expect(report.metric("max_error", golden.float.param.layers.last?.tops.first ?? "")?.int8 ?? 0 > 0)
    }

    @Test(
        "without activation scales, whole numbers and sequences are found too",
        arguments: ["embed", "tiny-transformer"])
    func sequences(_ name: String) throws {
        let golden = try GoldenModel(name)
        let evaluation = TwinEvaluation(budget: EvaluationBudget(samples: 4, time: .seconds(600), layerSamples: 1))
        let report = try evaluation.run(float: golden.float, int8: golden.int8()).report
        #expect(Gate().judge(report).verdict == .passed, "\(report.figures) \(report.reason ?? "")")
    }
}
