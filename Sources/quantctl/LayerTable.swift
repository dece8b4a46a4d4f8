import Reporting
import Vocabulary

/// Layers as a table for people.
enum LayerTable {
    /// A row for each layer. Unless the list is to be complete, those without weights that ncnn has no int8 form of are left
    /// out: they say nothing.
    static func table(_ layers: [LayerReport], isComplete: Bool = false) -> TextTable {
        let wereRun = layers.contains { $0.local != nil || $0.accumulated != nil }
        let outputs: [TextTable.Column] = wereRun ? [.number("LOCAL dB", rank: 9), .number("ACCUM. dB", rank: 7)] : []
        var table = TextTable(
            [
                .number("#"), .text("LAYER", least: 14), .text("TYPE", least: 11, rank: 6), .word("DECISION"),
                .word("STORAGE", rank: 3), .number("BYTES", rank: 4), .number("WEIGHTS dB", rank: 8),
                .number("RMSE/STEP", rank: 1), .number("CLIPPED", rank: 2),
            ] + outputs + [.text("REASON", least: 16, rank: 5)])
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
        return table
    }

    private static func storage(_ layer: LayerReport) -> String {
        layer.storageBefore == layer.storageAfter
            ? layer.storageBefore : "\(layer.storageBefore) → \(layer.storageAfter)"
    }
}
