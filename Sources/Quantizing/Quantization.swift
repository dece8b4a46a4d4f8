public import LayerCatalogue
public import ModelFormat
public import Numerics
public import Vocabulary

/// A model's way to its int8 twin: everything decided, nothing written yet.
public struct Quantization<Bytes: ByteSource> {
    private let model: Model<Bytes>
    private let plans: [LayerPlan]
    private let notes: [String]
    private let reader: WeightReader<Bytes>
    private let kernels: WeightKernels

    /// Decides for every layer. Reads the weights once, on several threads, a bounded piece at a time.
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
        let reader = WeightReader(model.bin, kernels: kernels, pieceSize: pieceSize)
        let planner = LayerPlanner(
            model: model, table: table, rows: rows, settings: settings, floatLayers: floatLayers, reader: reader,
            kernels: kernels)
        var plans = try model.param.layers.indices.map(planner.plan)
        for (index, scale) in RequantizeFusion(plans).topScales() {
            plans[index].fuse(topScale: scale)
        }
        self.model = model
        self.plans = plans
        self.notes = Self.notes(table: table, rows: rows, model: model.param)
        self.reader = reader
        self.kernels = kernels
    }

    /// The `.param` of the int8 twin: the input's text with the changed params edited.
    public var paramText: [UInt8] {
        model.param.text(applying: plans.flatMap(\.edits))
    }

    /// Writes the `.bin` of the int8 twin.
    ///
    /// - Parameter progress: called behind each layer with the bytes of the input that are done; what it throws ends it.
    /// - Throws: `FormatError` where the input cannot be read any more, and what the sink throws.
    public func writeBin<Sink: ByteSink>(
        to sink: Sink, progress: (Int) throws -> Void = { _ in }
    ) throws -> QuantizationReport {
        var writer = TwinWriter(source: model.bin, reader: reader, kernels: kernels, sink: sink)
        var layers: [LayerReport] = []
        var done = 0
        for plan in plans {
            let arrays = try plan.arrays()
            let before = writer.position
            let errors = try writer.write(arrays)
            layers.append(plan.report(arrays, errors, bytesAfter: writer.position - before))
            done += layers.last?.bytesBefore ?? 0
            try progress(done)
        }
        return QuantizationReport(
            layers: layers, notes: notes, bytesBefore: model.bin.byteCount,
            bytesAfter: layers.reduce(0) { $0 + $1.bytesAfter })
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
    /// Lets the layer write int8 with this scale.
    fileprivate mutating func fuse(topScale: Float) {
        guard var quantized, let form = params?.type.int8, let name = form.topScale else { return }
        quantized.topScale = topScale
        quantized.scales[name] = [topScale]
        quantized.params[form.termParam] = form.term + 100
        outcome = .success(quantized)
    }

    fileprivate func report(_ arrays: [Array], _ errors: WeightErrors, bytesAfter: Int) -> LayerReport {
        let scales = quantized?.weights.values.flatMap(\.scales) ?? []
        return LayerReport(
            index: layer.index, name: layer.name, type: layer.type, decision: decision,
            storageBefore: Self.words(stored.filter { $0.slot.isTagged }.map(\.storage.word)),
            storageAfter: Self.words(arrays.compactMap(\.storageWord)),
            bytesBefore: stored.reduce(0) { $0 + $1.byteCount }, bytesAfter: bytesAfter,
            quantizedWeights: errors.count,
            weightScales: scales.min().flatMap { low in scales.max().map { low...$0 } },
            activationScale: quantized?.activationScale, topScale: quantized?.topScale,
            deadChannels: quantized?.deadChannels ?? 0, measures: errors.measures, notes: notes)
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
        case .scales: nil
        }
    }
}
