import ModelFormat
import Quantizing
import TestSupport
import Testing

/// The weights of both twins side by side.
@Suite("Histograms of weights") struct TwinWeightsTests {
    @Test(
        "the int8 twin has each weight where the float twin's lies, clipped to ±127, and every weight counts once",
        arguments: GoldenTests.compared)
    func clipped(name: String) throws {
        let golden = GoldenCase(name)
        let (twin, report) = try golden.twin()
        let histograms = try TwinWeights(float: golden.model(), int8: twin).histograms()
        let reach = WeightHistogram.reach
        for histogram in histograms {
            let low = histogram.float[...(reach - 127)].reduce(0, +)
            let high = histogram.float[(reach + 127)...].reduce(0, +)
            let middle = histogram.float[(reach - 126)...(reach + 126)]
            #expect(
                [low] + middle + [high] == Array(histogram.int8[(reach - 127)...(reach + 127)]), "\(histogram.weight)")
            #expect(histogram.int8.reduce(0, +) == histogram.float.reduce(0, +))
        }
        for layer in report.layers {
            let counted = histograms.filter { $0.layer == layer.index }.flatMap(\.int8).reduce(0, +)
            #expect(counted == layer.quantizedWeights, "\(layer.name)")
        }
    }

    @Test("of several arrays of a layer each has its own histogram")
    func arrays() throws {
        let golden = GoldenCase("lstm")
        let histograms = try TwinWeights(float: golden.model(), int8: golden.twin().model).histograms()
        #expect(Set(histograms.map(\.weight)).count > 1)
    }

    @Test("a model that is not the other's twin is refused")
    func strangers() throws {
        #expect(throws: FormatError.self) {
            try TwinWeights(float: GoldenCase("lstm").model(), int8: GoldenCase("gru").twin().model)
        }
    }
}
