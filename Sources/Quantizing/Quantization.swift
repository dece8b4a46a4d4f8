public import LayerCatalogue
public import ModelFormat
public import Numerics
public import Vocabulary

/// A model's way to its int8 twin: what can be decided before the weights are read is decided, nothing is written yet.
public struct Quantization<Bytes: ByteSource> {
    private let planner: LayerPlanner<Bytes>
    private let plans: [LayerPlan]
    private let notes: [String]

    /// Decides for every layer. Reads weights only where the table has a scale that is none, or fp16 might overflow.
    ///
    /// - Parameters:
    ///   - table: nil where there is none; then only layers that need none become int8.
    ///   - floatLayers: layers that stay float whatever the table says, by name.
    ///   - pieceSize: weights that a thread reads at a time, above 0; what is written does not depend on it.
    /// - Throws: `FormatError` where the model is already int8, is damaged, or the table belongs to another one.
    public init(
        _ model: Model<Bytes>, table: CalibrationTable?, settings: QuantizeSettings = QuantizeSettings(),
        floatLayers: [String: FloatReason] = [:], kernels: WeightKernels = .fast,
        pieceSize: Int = 1 << 16
    ) throws {
        let rows = table.map { TableRows($0, for: model.param) }
        if let table, let rows, rows.isForeign {
            let first = rows.unknown.first.first.map { ", its first row is '\($0.key)' on line \($0.line)" } ?? ""
            throw FormatError(
                file: table.file, .whole,
                "names no layer of \(model.param.file): it has \(rows.unknown.count) rows\(first)")
        }
        planner = LayerPlanner(
            model: model, table: table, rows: rows, settings: settings, floatLayers: floatLayers,
            reader: WeightReader(model.bin, kernels: kernels, pieceSize: pieceSize), kernels: kernels)
        plans = try Threads.with(PieceWork.size) { [planner] in
            try model.param.layers.indices.map { try planner.plan($0) }
        }
        notes = Self.notes(table: table, rows: rows, model: model.param)
    }

    /// Writes the `.bin` of the int8 twin, on several threads, a bounded piece at a time.
    ///
    /// A layer whose weights turn out not to allow int8 stays float, and is written anew. So is what was written behind it, and
    /// behind the layer before it if that was to hand it int8.
    ///
    /// - Parameter progress: called behind each layer with the bytes of the input that are done, which are fewer again where
    ///   something is written anew; what it throws ends it.
    /// - Returns: the `.param` of the int8 twin, which is the input's text with the changed params edited, and a line for
    ///   every layer.
    /// - Throws: `FormatError` where the input cannot be read any more, and what the sink throws.
    public func write(
        bin sink: some ByteSink, progress: (Int) throws -> Void = { _ in }
    ) throws -> (param: [UInt8], report: QuantizationReport) {
        var draft = TwinDraft(
            TwinWriter(source: planner.model.bin, reader: planner.reader, kernels: planner.kernels, sink: sink))
        try Threads.with(PieceWork.size) { try write(&draft, progress: progress) }
        let report = QuantizationReport(
            layers: draft.layers, notes: notes, bytesBefore: planner.model.bin.byteCount, bytesAfter: draft.bytesAfter)
        return (planner.model.param.text(applying: draft.allEdits), report)
    }

    /// How often the first layer that cannot be int8 ends an attempt at once: there hardly ever are more. Then all of them are
    /// found before what they change is written anew, since what lies between might be much.
    private static var patience: Int { 3 }

    private func write(
        _ draft: inout TwinDraft<Bytes, some ByteSink>, progress: (Int) throws -> Void
    ) throws {
        var plans = plans
        var topScales = RequantizeFusion(plans).topScales()
        for attempt in 0...Self.patience + 1 {
            while draft.layers.count < plans.count, draft.obstacles.isEmpty || attempt == Self.patience {
                let index = draft.layers.count
                try draft.write(topScales[index].map(plans[index].fused) ?? plans[index])
                try progress(draft.bytesBefore)
            }
            guard !draft.obstacles.isEmpty else { return try draft.finish() }
            for (index, reason) in draft.obstacles {
                plans[index] = try planner.plan(index, float: reason)
            }
            let before = topScales
            topScales = RequantizeFusion(plans).topScales()
            let changed = draft.obstacles.map(\.layer) + before.keys.filter { topScales[$0] != before[$0] }
            try draft.takeBack(to: changed.min() ?? 0)
        }
        throw FormatError(file: planner.model.bin.file, .whole, "was changed while it was read")
    }

    private static func notes(table: CalibrationTable?, rows: TableRows?, model: ParamFile) -> [String] {
        guard let table, let rows else { return [] }
        return rows.replaced.notes(in: table.file, "is replaced by a later one")
            + rows.unknown.notes(in: table.file, "names no layer of \(model.file)")
            + uselessRows(rows, model: model).notes(in: table.file, "is not used")
    }

    /// Rows that name a layer, but none of its arrays or scales.
    private static func uselessRows(_ rows: TableRows, model: ParamFile) -> RowTally {
        let forms = model.layers.map { LayerCatalogue.type(named: $0.type)?.int8 }
        let activation = rows.activation.filter { forms[$0.key]?.activationScale == nil }.values
        let weights = rows.weights.flatMap { index, byNumber in
            let used = Set((forms[index]?.weights ?? []).filter { $0.scaleSource != .weights }.map(\.tableRow))
            return byNumber.filter { !used.contains($0.key) }.values
        }
        return RowTally((activation + weights).sorted { $0.line < $1.line })
    }
}

extension LayerPlan {
    /// The same layer with an int8 output of this scale.
    fileprivate func fused(topScale: Float) -> LayerPlan {
        guard var quantized, let form = params?.type.int8, let name = form.topScale else { return self }
        quantized.topScale = topScale
        quantized.scales[name] = [topScale]
        quantized.params[form.termParam] = form.term + 100
        var fused = self
        fused.outcome = .success(quantized)
        return fused
    }

    /// The line about the layer as it was written.
    func report(_ arrays: [Array], _ written: WrittenLayer) -> LayerReport {
        let scales = written.scales.values.joined()
        return LayerReport(
            index: layer.index, name: layer.name, type: layer.type, decision: decision,
            storageBefore: Self.words(stored.filter { $0.slot.isTagged }.map(\.storage.word)),
            storageAfter: Self.words(arrays.compactMap(\.storageWord)),
            bytesBefore: stored.reduce(0) { $0 + $1.byteCount }, bytesAfter: written.byteCount,
            quantizedWeights: written.errors.count,
            weightScales: scales.min().flatMap { low in scales.max().map { low...$0 } },
            activationScale: quantized?.activationScale, topScale: quantized?.topScale,
            deadChannels: written.deadChannels, measures: written.errors.measures, notes: notes + written.notes)
    }

    private static func words(_ words: [String]) -> String {
        var distinct: [String] = []
        for word in words where !distinct.contains(word) { distinct.append(word) }
        return distinct.joined(separator: "+")
    }
}

extension LayerPlan.Array {
    /// How a tagged array is stored in the int8 twin; nil for plain arrays.
    fileprivate var storageWord: String? {
        switch self {
        case .copied(let weight): weight.slot.isTagged ? weight.storage.word : nil
        case .narrowed: WeightStorage.fp16.word
        case .quantized: WeightStorage.int8.word
        case .plain, .scales: nil
        }
    }
}
