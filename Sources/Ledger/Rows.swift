import Foundation
import GRDB
import SystemPackage
import Vocabulary

/// How rows become values. Each column is decoded with a check: a file that was tampered with yields an error.
extension Row {
    func value<T: DatabaseValueConvertible & StatementColumnConvertible>(_ column: String) throws -> T {
        try decode(T.self, forColumn: column)
    }

    func optional<T: DatabaseValueConvertible & StatementColumnConvertible>(_ column: String) throws -> T? {
        try decode(T?.self, forColumn: column)
    }

    /// A word that stands for a case of an enum.
    func word<T: RawRepresentable<String>>(_ column: String) throws -> T {
        let text: String = try value(column)
        guard let word = T(rawValue: text) else { throw UnknownWord(column: column, text: text) }
        return word
    }

    func optionalWord<T: RawRepresentable<String>>(_ column: String) throws -> T? {
        guard let text: String = try optional(column) else { return nil }
        guard let word = T(rawValue: text) else { throw UnknownWord(column: column, text: text) }
        return word
    }

    func digest(_ column: String) throws -> ArtifactDigest? {
        guard let text: String = try optional(column) else { return nil }
        guard let digest = ArtifactDigest(hex: text) else { throw UnknownWord(column: column, text: text) }
        return digest
    }

    func path(_ column: String) throws -> FilePath {
        PathText.path(of: try value(column))
    }

    func model(_ column: String = "model") throws -> ModelName {
        ModelName(try value(column))
    }

    func time(_ column: String) throws -> Timestamp {
        Timestamp(microseconds: try value(column))
    }

    func optionalTime(_ column: String) throws -> Timestamp? {
        try optional(column).map { Timestamp(microseconds: $0) }
    }

    /// nil where the row holds no identity.
    func identity() throws -> FileIdentity? {
        guard let device: Int64 = try optional("device") else { return nil }
        return FileIdentity(
            device: UInt64(bitPattern: device), inode: UInt64(bitPattern: try value("inode")),
            size: try value("size"), modified: try value("modified_ns"), changed: try value("changed_ns"))
    }
}

/// A word in the ledger that this version does not know.
struct UnknownWord: Error, CustomStringConvertible {
    let column: String
    let text: String

    var description: String { "column \(column) holds \(text.debugDescription), which means nothing here" }
}

extension FileIdentity {
    /// The values of the columns device, inode, size, modified_ns, changed_ns. SQLite's integers are signed, the kernel's
    /// numbers of devices and inodes are not: the bits stay the same.
    var columns: [(any DatabaseValueConvertible)?] {
        [Int64(bitPattern: device), Int64(bitPattern: inode), size, modified, changed]
    }
}

extension RunSummary {
    static let columns = """
        run.id, run.model, run.trigger, run.status, run.verdict, run.message, run.queued_at, run.started_at,
        run.finished_at, run.attempts, run.layers, run.int8_layers, run.bytes_before, run.bytes_after,
        run.worst_sqnr_db, run.worst_layer, run.cosine, run.top1_float, run.top1_int8, run.folder, run.cached_from,
        run.pruned_at
        """

    init(_ row: Row) throws {
        run = try row.value("id")
        model = try row.model()
        trigger = try row.word("trigger")
        status = try row.word("status")
        verdict = try row.optionalWord("verdict")
        message = try row.optional("message")
        queued = try row.time("queued_at")
        started = try row.optionalTime("started_at")
        finished = try row.optionalTime("finished_at")
        attempts = try row.value("attempts")
        layers = try row.optional("layers")
        int8Layers = try row.optional("int8_layers")
        bytesBefore = try row.optional("bytes_before")
        bytesAfter = try row.optional("bytes_after")
        worstSQNR = try row.optional("worst_sqnr_db")
        worstLayer = try row.optional("worst_layer")
        cosine = try row.optional("cosine")
        top1 = Top1(float: try row.optional("top1_float"), int8: try row.optional("top1_int8"))
        folder = try row.optional("folder").map { PathText.path(of: $0) }
        cachedFrom = try row.optional("cached_from")
        pruned = try row.optionalTime("pruned_at")
    }
}

extension LayerReport {
    init(_ row: Row) throws {
        let word: String = try row.value("decision")
        let decision: Decision
        switch word {
        case "int8": decision = .int8
        case "float": decision = .float(FloatReason(try row.word("reason_code"), try row.value("reason")))
        default: throw UnknownWord(column: "decision", text: word)
        }
        let low: Float? = try row.optional("scale_min")
        let high: Float? = try row.optional("scale_max")
        let notes: String = try row.value("notes")
        self.init(
            index: try row.value("idx"), name: try row.value("name"), type: try row.value("type"), decision: decision,
            storageBefore: try row.value("storage_before"), storageAfter: try row.value("storage_after"),
            bytesBefore: try row.value("bytes_before"), bytesAfter: try row.value("bytes_after"),
            quantizedWeights: try row.value("weight_count"),
            weightScales: low.flatMap { low in high.flatMap { low <= $0 ? low...$0 : nil } },
            activationScale: try row.optional("activation_scale"), topScale: try row.optional("top_scale"),
            deadChannels: try row.value("dead_channels"), measures: try WeightMeasures(row),
            local: try OutputMeasures(row, "local"), accumulated: try OutputMeasures(row, "accumulated"),
            notes: try JSONDecoder().decode([String].self, from: Data(notes.utf8)))
    }

    /// The values of the columns after `run`, in the order of the table.
    func columns() throws -> [(any DatabaseValueConvertible)?] {
        let notes = String(decoding: try JSONEncoder().encode(notes), as: UTF8.self)
        let decided: [(any DatabaseValueConvertible)?] = [
            index, name, type, decision.word, decision.reason?.code.rawValue, decision.reason?.clause,
        ]
        let sizes: [(any DatabaseValueConvertible)?] = [
            storageBefore, storageAfter, bytesBefore, bytesAfter, quantizedWeights,
        ]
        let scales: [(any DatabaseValueConvertible)?] = [
            weightScales?.lowerBound, weightScales?.upperBound, activationScale, topScale, deadChannels,
        ]
        let quality: [(any DatabaseValueConvertible)?] = [
            measures?.sqnr, measures?.cosine, measures?.rmseOverStep, measures?.maxError, measures?.clippedFraction,
        ]
        let outputs: [(any DatabaseValueConvertible)?] = [
            local?.sqnr, local?.cosine, accumulated?.sqnr, accumulated?.cosine,
        ]
        return decided + sizes + scales + quality + outputs + [notes]
    }
}

extension WeightMeasures {
    /// nil where the layer was not measured.
    fileprivate init?(_ row: Row) throws {
        guard let rmse: Double = try row.optional("rmse_over_step"), let error: Double = try row.optional("max_error"),
            let clipped: Double = try row.optional("clipped_fraction")
        else { return nil }
        self.init(
            sqnr: try row.optional("sqnr_db"), cosine: try row.optional("cosine"), rmseOverStep: rmse, maxError: error,
            clippedFraction: clipped)
    }
}

extension OutputMeasures {
    /// nil where nothing was measured.
    fileprivate init?(_ row: Row, _ prefix: String) throws {
        self.init(sqnr: try row.optional("\(prefix)_sqnr_db"), cosine: try row.optional("\(prefix)_cosine"))
        if sqnr == nil, cosine == nil { return nil }
    }
}

extension MetricRecord {
    init(_ row: Row) throws {
        let low: Double? = try row.optional("ci_low")
        let high: Double? = try row.optional("ci_high")
        self.init(
            Metric(
                type: try row.value("type"), float: try row.optional("value_float"),
                int8: try row.optional("value_int8"), slice: try row.value("slice"), samples: try row.value("n"),
                reason: try row.optional("reason")),
            interval: low.flatMap { low in high.flatMap { low <= $0 ? low...$0 : nil } },
            dataset: try row.optional("dataset"), datasetDigest: try row.digest("dataset_sha256"))
    }

    /// The values of the columns after `run`, in the order of the table, the generated one left out.
    var columns: [(any DatabaseValueConvertible)?] {
        let record = recorded
        return [
            metric.type, metric.slice, record.metric.float, record.metric.int8, metric.samples,
            record.interval?.lowerBound, record.interval?.upperBound, dataset, datasetDigest?.hex, record.metric.reason,
        ]
    }
}

extension DaemonState {
    init(_ row: Row) throws {
        self.init(
            pid: try row.value("pid"), version: try row.value("version"), started: try row.time("started_at"),
            heartbeat: try row.time("heartbeat_at"), stopped: try row.optionalTime("stopped_at"),
            watchMode: try row.word("watch_mode"), watchClause: try row.optional("watch_clause"),
            modelsFolder: try row.path("models_folder"), outputFolder: try row.path("output_folder"),
            lastScan: try row.optionalTime("last_scan_at"))
    }
}

extension WaitingRow {
    init(_ row: Row) throws {
        self.init(
            model: try row.model(), since: try row.time("since"), code: try row.value("reason_code"),
            clause: try row.value("clause"))
    }
}

extension LedgerEvent {
    static let columns = "run, model, at, kind, message, request"

    init(_ row: Row) throws {
        self.init(
            run: try row.optional("run"), model: try row.optional("model").map { ModelName($0) },
            at: try row.time("at"), kind: try row.value("kind"), message: try row.value("message"),
            request: try row.optional("request"))
    }
}
