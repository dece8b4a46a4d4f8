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
    /// A layer whose weights turn out not to allow int8 stays float. Since the layer before it may have been written to hand
    /// it int8, everything is then written anew, once: the first attempt has found all such layers.
    ///
    /// - Parameter progress: called behind each layer with the bytes of the input that are done, from the beginning again
    ///   where the twin is written anew; what it throws ends it.
    /// - Returns: the `.param` of the int8 twin, which is the input's text with the changed params edited, and a line for
    ///   every layer.
    /// - Throws: `FormatError` where the input cannot be read any more, and what the sink throws.
    public func write(
        bin sink: some ByteSink, progress: (Int) throws -> Void = { _ in }
    ) throws -> (param: [UInt8], report: QuantizationReport) {
        let attempt = try Threads.with(PieceWork.size) { try writeUntilSound(bin: sink, progress: progress) }
        let report = QuantizationReport(
            layers: attempt.layers, notes: notes, bytesBefore: planner.model.bin.byteCount,
            bytesAfter: attempt.layers.reduce(0) { $0 + $1.bytesAfter })
        return (planner.model.param.text(applying: attempt.edits), report)
    }

    /// What came of writing the twin by some plans.
    private struct Attempt {
        var layers: [LayerReport] = []
        var edits: [ParamFile.Edit] = []
        /// Layers that should not have become int8, and why.
        var obstacles: [(layer: Int, reason: FloatReason)] = []
    }

    private func writeUntilSound(bin sink: some ByteSink, progress: (Int) throws -> Void) throws -> Attempt {
        var plans = plans
        var attempt = try write(plans, bin: sink, progress: progress)
        if !attempt.obstacles.isEmpty {
            for (index, reason) in attempt.obstacles {
                plans[index] = try planner.plan(index, float: reason)
            }
            try sink.clear()
            attempt = try write(plans, bin: sink, progress: progress)
        }
        guard attempt.obstacles.isEmpty else {
            throw FormatError(file: planner.model.bin.file, .whole, "was changed while it was read")
        }
        return attempt
    }

    private func write(
        _ plans: [LayerPlan], bin sink: some ByteSink, progress: (Int) throws -> Void
    ) throws -> Attempt {
        let topScales = RequantizeFusion(plans).topScales()
        var writer = TwinWriter(
            source: planner.model.bin, reader: planner.reader, kernels: planner.kernels, sink: sink)
        var attempt = Attempt()
        var done = 0
        for (index, plan) in plans.enumerated() {
            let plan = topScales[index].map(plan.fused) ?? plan
            let arrays = try plan.arrays()
            let written = try writer.write(arrays)
            attempt.edits += plan.edits
            attempt.layers.append(plan.report(arrays, written))
            if let reason = written.obstacle { attempt.obstacles.append((index, reason)) }
            done += attempt.layers[index].bytesBefore
            try progress(done)
        }
        try writer.finish()
        return attempt
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

    fileprivate func report(_ arrays: [Array], _ written: WrittenLayer) -> LayerReport {
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
