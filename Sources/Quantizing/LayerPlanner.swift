import LayerCatalogue
import ModelFormat
import Numerics
import Vocabulary

#if canImport(Glibc)
    import Glibc
#endif

/// Decides for one layer after the other, by the catalogue's row, the table's rows and the weights themselves.
struct LayerPlanner<Bytes: ByteSource> {
    let model: Model<Bytes>
    let table: CalibrationTable?
    let rows: TableRows?
    let settings: QuantizeSettings
    /// Layers that someone turned back to float, by name.
    let floatLayers: [String: FloatReason]
    let reader: WeightReader<Bytes>
    let kernels: WeightKernels

    /// The plan of the layer at `index`, without fusion.
    ///
    /// Weights are read only where something follows from them. That all of them are numbers is seen when they are written:
    /// reading them twice would take twice as long.
    ///
    /// - Parameter float: why the layer must stay float, where that has been found out.
    /// - Throws: `FormatError` where the model itself is damaged; whatever only concerns int8 keeps the layer float.
    func plan(_ index: Int, float: FloatReason? = nil) throws -> LayerPlan {
        let layer = model.param.layers[index]
        let params = model.params[index]
        let stored = model.layout.weights[index]
        try refuseInt8(params, stored, layer: layer)
        var plan = LayerPlan(
            layer: layer, params: params, stored: stored,
            outcome: .failure(FloatReason(.notQuantizable, "layer type \(layer.type) is unknown")))
        if let params {
            do {
                let float = float ?? floatLayers[layer.name]
                plan.outcome = .success(try quantized(params, stored, float: float, notes: &plan.notes))
            } catch let reason as FloatReason {
                // What was noted on the way to int8 is of no interest any more.
                plan.notes = []
                plan.outcome = .failure(reason)
            }
            if settings.floatStorage == .fp16 {
                try narrow(&plan, params)
            }
        }
        return plan
    }

    // MARK: int8

    private func quantized(
        _ params: LayerParams, _ stored: [StoredWeight], float: FloatReason?, notes: inout [String]
    ) throws -> LayerPlan.Quantized {
        let type = params.type
        let layer = params.layer
        guard let form = type.int8 else {
            throw FloatReason(.notQuantizable, "ncnn has no int8 form of \(type.name)")
        }
        if let reason = float ?? exclusion(of: layer) { throw reason }
        if let dynamic = form.dynamic, try params.holds(dynamic) {
            throw FloatReason(.dynamicWeight, "its weights are an input of the layer")
        }
        let weightRows = try tableRows(of: layer, form)
        var quantized = LayerPlan.Quantized()
        quantized.params[form.termParam] = form.term
        if let name = form.activationScale, let row = rows?.activation[layer.index] {
            let scale = try activationScale(row)
            quantized.activationScale = scale
            quantized.scales[name] = [scale]
        }
        let twin = params.with(quantized.params)
        let counts = Dictionary(try twin.slots().map { ($0.name, $0.count) }, uniquingKeysWith: { first, _ in first })
        for weight in form.weights {
            guard let array = stored.first(where: { $0.name == weight.weight }),
                let rowCount = counts[weight.scales]
            else { continue }
            let walk = try walk(weight, array, rowCount: rowCount, params, &quantized)
            let scales = try scales(of: weight, walk: walk, row: weightRows[weight.tableRow], notes: &notes)
            quantized.weights[weight.weight] = (walk, scales)
        }
        return quantized
    }

    private func exclusion(of layer: ParamLayer) -> FloatReason? {
        if settings.excludeTypes.contains(layer.type) {
            return FloatReason(.excluded, "the settings exclude the type \(layer.type)")
        }
        return settings.exclude.first { fnmatch($0, layer.name, 0) == 0 }
            .map { FloatReason(.excluded, "the settings exclude '\($0)'") }
    }

    /// The weight rows of the table for a layer, all those that its form cannot do without checked to be there.
    private func tableRows(of layer: ParamLayer, _ form: Int8Form) throws -> [Int: CalibrationTable.Row] {
        let weightRows = rows?.weights[layer.index] ?? [:]
        guard form.needsTable else { return weightRows }
        guard let rows, let table else {
            throw FloatReason(.noTable, "there is no calibration table")
        }
        let missing = form.weights.filter { $0.scaleSource == .table && weightRows[$0.tableRow] == nil }
            .map { "\(layer.name)_param_\($0.tableRow)" }
        let hasActivation = form.activationScale == nil || rows.activation[layer.index] != nil
        switch (hasActivation, missing.isEmpty) {
        case (true, true):
            return weightRows
        case (false, false):
            throw FloatReason(.notInTable, "\(table.file) does not name it")
        case (false, true):
            throw FloatReason(.noActivationRow, "\(table.file) has no row '\(layer.name)' for its input")
        case (true, false):
            throw FloatReason(.noWeightRow, "\(table.file) has no row '\(missing.joined(separator: "', '"))'")
        }
    }

    private func activationScale(_ row: CalibrationTable.Row) throws -> Float {
        let scales = try scales(of: row, for: "its input", count: 1)
        guard let scale = scales.values.first, scale.isFinite, scale > 0 else {
            throw FloatReason(
                .badScale,
                "\(place(row)) has '\(scales.badWord ?? "\(scales.values[0])")' for a scale, wanted a number above 0")
        }
        return scale
    }

    private func walk(
        _ weight: QuantizedWeight, _ array: StoredWeight, rowCount: Int, _ params: LayerParams,
        _ quantized: inout LayerPlan.Quantized
    ) throws -> RowWalk {
        guard array.count.isMultiple(of: rowCount) else {
            throw params.error("\(array.name) has \(array.count) elements, which \(rowCount) rows do not divide")
        }
        guard let transposition = weight.transposition, try params.holds(transposition.condition) else {
            return RowWalk(weight: array, rowCount: rowCount, turn: nil)
        }
        quantized.params[transposition.param] = transposition.value
        let rows = try params.value(of: transposition.rows)
        let columns = try params.value(of: transposition.columns)
        // Two negative extents have a product above zero.
        guard rows > 0, columns > 0 else {
            throw params.error("\(array.name) is a matrix of \(rows) × \(columns), wanted extents above 0")
        }
        // A single row or column lies the same either way.
        let turn = rows == 1 || columns == 1 ? nil : RowWalk.Turn(rows: rows, columns: columns)
        return RowWalk(weight: array, rowCount: rowCount, turn: turn)
    }

    // MARK: Scales

    /// The scales that the table gives; nil where they are computed from the weights.
    private func scales(
        of weight: QuantizedWeight, walk: RowWalk, row: CalibrationTable.Row?, notes: inout [String]
    ) throws -> [Float]? {
        guard let row, weight.scaleSource != .weights else {
            if weight.scaleSource == .tableOrWeights {
                let why = table == nil ? "" : ", the table has no row for them"
                notes.append("scales of \(weight.weight) are computed from the weights\(why)")
            }
            return nil
        }
        let given = try scales(of: row, for: weight.weight, count: walk.rowCount)
        if given.values.allSatisfy({ $0.isFinite && $0 > 0 }) { return given.values }
        var array = ArrayPieces(walk, of: reader)
        let found = try array.look(kernels)
        if let obstacle = found.obstacle(in: weight.weight) { throw obstacle }
        return try zip(given.values, found.extents).enumerated().map { index, pair in
            let (scale, extent) = pair
            if scale.isFinite, scale > 0 { return scale }
            // A calibration tool divides by the largest weight; for a dead channel that is 0, and any scale will do.
            if extent.absmax == 0, !scale.isNaN { return 1 }
            let word = scale.isNaN ? given.badWord ?? "nan" : "\(scale)"
            throw FloatReason(.badScale, "\(place(row)) has '\(word)' for scale \(index), wanted a number above 0")
        }
    }

    /// The scales of a row. They are counted first: a row of another model's may be long.
    private func scales(of row: CalibrationTable.Row, for what: String, count: Int) throws -> CalibrationTable.Scales {
        let found = row.scaleCount
        guard found == count else {
            throw FloatReason(.scaleCount, "\(place(row)) has \(found) scales for \(what), wanted \(count)")
        }
        return row.scales
    }

    private func place(_ row: CalibrationTable.Row) -> String {
        "\(table?.file ?? ""):\(row.line)"
    }

    // MARK: Half floats

    /// Marks the tagged arrays that become half floats, unless one of them holds a value that would become infinite.
    private func narrow(_ plan: inout LayerPlan, _ params: LayerParams) throws {
        let always = Set(params.type.weights.filter { $0.isTagged == .always }.map(\.name))
        let quantized = plan.quantized?.weights ?? [:]
        let candidates = plan.stored.filter {
            always.contains($0.name) && quantized[$0.name] == nil && $0.storage != .fp16
        }
        for weight in candidates {
            var array = ArrayPieces(RowWalk(weight: weight, rowCount: 1, turn: nil), of: reader)
            let absmax = try array.look(kernels).absmax
            // 65520 is the smallest magnitude that rounds beyond 65504, the largest half float.
            guard absmax < 65520 else {
                plan.notes.append("\(weight.name) reaches \(absmax), beyond fp16's 65504: the layer keeps its fp32")
                return
            }
        }
        plan.narrowed = Set(candidates.map(\.name))
    }

    // MARK: Already int8

    private func refuseInt8(_ params: LayerParams?, _ stored: [StoredWeight], layer: ParamLayer) throws {
        if let params, let form = params.type.int8 {
            let term = try params.int(form.termParam)
            guard term == 0 else {
                throw params.error("already int8: \(form.termParam) is \(term), wanted the float model")
            }
        }
        if let weight = stored.first(where: { $0.storage == .int8 }) {
            throw FormatError(
                file: model.bin.file, .byte(weight.offset), layer: layer.name,
                "already int8: \(weight.name) has the int8 tag, wanted the float model")
        }
    }
}
