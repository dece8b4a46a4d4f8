import Quantizing
import Vocabulary

/// Layers as a table for people.
enum LayerTable {
    /// A line of totals, a line for each layer, and the notes.
    static func text(_ report: QuantizationReport) -> String {
        let head =
            "\(report.int8Layers) of \(report.layers.count) layers int8, weights \(Figures.bytes(report.bytesBefore)) → "
            + "\(Figures.bytes(report.bytesAfter)) (\(Figures.share(report.bytesAfter, of: report.bytesBefore)))"
        let notes = report.notes + report.layers.flatMap { layer in layer.notes.map { "layer \(layer.name): \($0)" } }
        return ([head, ""] + lines(report.layers) + (notes.isEmpty ? [] : [""]) + notes.map { "note: \($0)" })
            .joined(separator: "\n")
    }

    /// The layers as lines. Unless the list is to be complete, those without weights that ncnn has no int8 form of are left
    /// out: they say nothing.
    static func lines(_ layers: [LayerReport], isComplete: Bool = false) -> [String] {
        let wereRun = layers.contains { $0.local != nil || $0.accumulated != nil }
        let outputs: [TextTable.Column] = wereRun ? [.number("LOCAL dB"), .number("ACCUM. dB")] : []
        var table = TextTable(
            [
                .number("#"), .word("LAYER"), .word("TYPE"), .word("DECISION"), .word("STORAGE"), .number("BYTES"),
                .number("WEIGHTS dB"), .number("RMSE/STEP"), .number("CLIPPED"),
            ] + outputs + [.clause("REASON")])
        for layer in layers where isComplete || layer.decision == .int8 || layer.bytesBefore > 0 {
            let measures = layer.measures
            let outputs = [layer.local, layer.accumulated].map { Figures.fixed($0?.sqnr, 1) }
            table.add(
                [
                    "\(layer.index)", layer.name, layer.type,
                    layer.decision.word + (layer.topScale == nil ? "" : " fused"), storage(layer),
                    layer.bytesBefore == 0 ? "" : "\(layer.bytesBefore) → \(layer.bytesAfter)",
                    Figures.fixed(measures?.sqnr, 1), Figures.fixed(measures?.rmseOverStep, 3),
                    Figures.fixed(measures.map { 100 * $0.clippedFraction }, 2) + (measures == nil ? "" : " %"),
                ] + (wereRun ? outputs : []) + [layer.decision.reason?.clause ?? ""])
        }
        return table.lines()
    }

    private static func storage(_ layer: LayerReport) -> String {
        layer.storageBefore == layer.storageAfter
            ? layer.storageBefore : "\(layer.storageBefore) → \(layer.storageAfter)"
    }
}
