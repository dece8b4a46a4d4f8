import Testing
import Vocabulary

@testable import Evaluating

@Suite("the gate")
struct GateTests {
    static func report(_ metrics: Metric...) -> EvaluationReport {
        EvaluationReport(
            dataset: "test", samples: 100, layerSamples: 0, figures: metrics.map { EvaluationFigure($0) })
    }

    static let poor = report(
        Metric(type: "cosine", int8: 0.9, slice: "a", samples: 100),
        Metric(type: "cosine", int8: 0.99, slice: "b", samples: 100),
        Metric(type: "sqnr_db", int8: 7, slice: "a", samples: 100),
        Metric(type: "top1_agreement", int8: 0.8, slice: "a", samples: 100),
        Metric(type: "top1", float: 0.9, int8: 0.85, samples: 100))

    @Test("says each limit that does not hold, with what is wanted and found")
    func breaches() {
        let limits = Gate.Limits(minCosine: 0.95, minSQNR: 8, maxTop1Drop: 0.02, minTop1Agreement: 0.9)
        let result = Gate(limits: limits).judge(Self.poor)
        #expect(result.verdict == .failed)
        #expect(
            result.breaches.map(\.description) == [
                "min_cosine of output a is 0.9, wanted at least 0.95",
                "min_sqnr_db of output a is 7.0, wanted at least 8.0",
                "max_top1_drop is 0.05, wanted at most 0.02",
                "min_top1_agreement of output a is 0.8, wanted at least 0.9",
            ])
    }

    @Test("a run that fails is refused or marked, as the configuration says")
    func onFail() {
        #expect(Gate(onFail: .reject).judge(Self.poor).verdict == .failed)
        #expect(Gate(onFail: .mixed).judge(Self.poor).verdict == .failed)
        #expect(Gate(onFail: .warn).judge(Self.poor).verdict == .warned)
        #expect(!Gate(onFail: .warn).judge(Self.poor).breaches.isEmpty)
    }

    @Test("a limit that is just met holds")
    func edges() {
        let report = Self.report(
            Metric(type: "cosine", int8: 0.95, slice: "a"), Metric(type: "sqnr_db", int8: 8, slice: "a"),
            Metric(type: "top1", float: 0.98, int8: 0.97))
        let result = Gate().judge(report)
        #expect(result.verdict == .passed)
        #expect(result.breaches.isEmpty)
    }

    @Test("a twin that is better than the float twin holds")
    func better() {
        #expect(Gate().judge(Self.report(Metric(type: "top1", float: 0.5, int8: 0.6))).verdict == .passed)
    }

    @Test("a figure without a value is no pass: it is listed, and alone it gives no verdict")
    func unmeasured() {
        let missing = Metric(type: "cosine", slice: "a", reason: "the dog ate it")
        let clause = "min_cosine of output a was not checked: the dog ate it"
        let alone = Gate().judge(Self.report(missing))
        #expect(alone.verdict == nil && alone.unchecked == [clause] && alone.reason == clause)
        let beside = Gate().judge(Self.report(missing, Metric(type: "cosine", int8: 1, slice: "b")))
        #expect(beside.verdict == .passed && beside.unchecked == [clause] && beside.reason == nil)
    }

    @Test("without limits there is no verdict")
    func noLimits() {
        let result = Gate(limits: Gate.Limits()).judge(Self.poor)
        #expect(result.verdict == nil && result.reason == "no limit is set")
    }
}
