public import Ledger
import Vocabulary

/// Published models as a CycloneDX 1.6 bill of materials (https://cyclonedx.org/docs/1.6/json/): each a machine learning
/// model with its files, what it descends from, and what int8 cost.
public enum BillOfMaterials {
    /// The beginning of a bill; components with commas between them and `closing` follow. A bill of a million models is never
    /// in memory as a whole.
    ///
    /// - Parameters:
    ///   - record: for a bill of one run: that run, whose bill is always the same one.
    ///   - time: when a bill of many is made.
    public static func opening(of record: BuildRecord?, at time: Timestamp) -> String {
        let head = JsonValue.fields([
            "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
            "bomFormat": "CycloneDX", "specVersion": "1.6", "version": .integer(1),
            "serialNumber": record.map { .string("urn:uuid:\($0.uuid)") },
            "metadata": .fields([
                "timestamp": .string((record?.finished ?? time).description),
                "tools": .fields([
                    "components": .array([
                        .fields(["type": "application", "name": "quantd", "version": .string(Version.text)])
                    ])
                ]),
            ]),
        ])
        return head.text.dropLast() + ",\"components\":["
    }

    /// One model of a bill.
    public static func component(of record: BuildRecord) -> String {
        model(record).text
    }

    /// The end of a bill.
    public static let closing = "]}\n"

    private static func model(_ record: BuildRecord) -> JsonValue {
        .fields([
            "type": "machine-learning-model", "bom-ref": .string("run-\(record.uuid)"),
            "name": .string(record.model.text), "version": .string("\(record.run)"),
            "description": "int8 twin of an ncnn model",
            // The weights are the model; its other file stands beside them below.
            "hashes": record.artifact(.int8Bin).map { .array([hash($0)]) },
            "components": .array(record.outputs.map { file($0) }),
            "pedigree": .fields([
                "ancestors": .array([
                    .fields([
                        "type": "machine-learning-model", "name": .string(record.model.text),
                        "description": "float twin, and what it was quantized with",
                        "hashes": record.artifact(.bin).map { .array([hash($0)]) },
                        "components": .array(record.inputs.map { file($0) }),
                    ])
                ]),
                "notes": .string("quantized to int8 by quantd \(record.recipe.builderVersion)"),
            ]),
            "modelCard": .fields([
                "modelParameters": datasets(record).map { .fields(["datasets": $0]) },
                "quantitativeAnalysis": .fields(["performanceMetrics": .array(record.metrics.flatMap { metrics($0) })]),
            ]),
            "properties": .array(
                [
                    property("quantd:run", "\(record.run)"), property("quantd:uuid", record.uuid),
                    property("quantd:settings", record.recipe.settings),
                    property("quantd:started", record.started.description),
                    property("quantd:finished", record.finished.description),
                ] + (record.verdict.map { [property("quantd:verdict", $0.rawValue)] } ?? [])),
        ])
    }

    private static func hash(_ artifact: RunArtifact) -> JsonValue {
        .fields(["alg": "SHA-256", "content": artifact.digest.map { .string($0.hex) }])
    }

    private static func file(_ artifact: RunArtifact) -> JsonValue {
        .fields([
            "type": artifact.role == .table || artifact.role == .settings ? "data" : "file",
            "name": .string(artifact.path.lastComponent?.string ?? artifact.role.rawValue),
            "hashes": .array([hash(artifact)]), "properties": .array([property("quantd:role", artifact.role.rawValue)]),
        ])
    }

    private static func datasets(_ record: BuildRecord) -> JsonValue? {
        guard let dataset = record.metrics.lazy.compactMap(\.dataset).first else { return nil }
        return .array([.fields(["type": "dataset", "name": .string(dataset)])])
    }

    /// The values of both twins and their delta, as far as they are there: CycloneDX knows one value a metric, as text.
    private static func metrics(_ record: MetricRecord) -> [JsonValue] {
        func metric(_ suffix: String, _ value: Double?, _ interval: ClosedRange<Double>? = nil) -> JsonValue? {
            value.map { value in
                .fields([
                    "type": .string(record.metric.type + suffix), "value": .string("\(value)"),
                    "slice": record.metric.slice.isEmpty ? nil : .string(record.metric.slice),
                    "confidenceInterval": interval.map { interval in
                        .fields([
                            "lowerBound": .string("\(interval.lowerBound)"),
                            "upperBound": .string("\(interval.upperBound)"),
                        ])
                    },
                ])
            }
        }
        return [
            metric("", record.metric.int8), metric(" (float)", record.metric.float),
            metric(" (delta)", record.metric.delta, record.interval),
        ].compactMap(\.self)
    }

    private static func property(_ name: String, _ value: String) -> JsonValue {
        .fields(["name": .string(name), "value": .string(value)])
    }
}
