import Crypto
import Ledger
import SystemPackage
public import Vocabulary

/// Where an int8 twin comes from, as an in-toto Statement v1 with a SLSA provenance v1 predicate.
///
/// Fields: https://github.com/in-toto/attestation/tree/main/spec/v1 and https://slsa.dev/provenance/v1. What int8 cost and what
/// the gate said is no parameter of the build and no file that it made; so it stands in an extension field, which SLSA
/// allows in every object under a name with the vendor's prefix.
public enum Statement {
    /// How quantd makes int8 twins; `docs/provenance.md` describes it.
    public static let buildType = "pkg:generic/quantd#quantize-int8/v1"
    /// quantd itself.
    public static let builder = "pkg:generic/quantd"

    /// The statement as it lies beside the model: one line of JSON, so that several are a bundle of JSON Lines.
    public static func text(of record: BuildRecord) -> String {
        value(of: record).text + "\n"
    }

    /// What the ledger knows a statement by.
    public static func digest(of text: String) -> ArtifactDigest {
        ArtifactDigest(bytes: SHA256.hash(data: Array(text.utf8)))
    }

    static func value(of record: BuildRecord) -> JsonValue {
        .fields([
            "_type": "https://in-toto.io/Statement/v1",
            "subject": .array(record.outputs.map { subject($0) }),
            "predicateType": "https://slsa.dev/provenance/v1",
            "predicate": .fields([
                "buildDefinition": buildDefinition(record),
                "runDetails": runDetails(record),
            ]),
        ])
    }

    private static func subject(_ artifact: RunArtifact) -> JsonValue {
        .fields([
            "name": .string(artifact.path.lastComponent?.string ?? artifact.role.rawValue),
            "digest": artifact.digest.map { .object(["sha256": .string($0.hex)]) },
        ])
    }

    private static func buildDefinition(_ record: BuildRecord) -> JsonValue {
        .fields([
            "buildType": .string(buildType),
            "externalParameters": .fields([
                "model": .string(record.model.text),
                "settings": JsonValue(text: record.recipe.settings) ?? .string(record.recipe.settings),
            ]),
            "internalParameters": .fields([
                "run": .integer(Int64(record.run)), "trigger": .string(record.trigger.rawValue),
                "cachedFrom": record.source.map { .string($0) },
            ]),
            "resolvedDependencies": .array(record.inputs.map { dependency($0) } + samples(record)),
        ])
    }

    private static func dependency(_ artifact: RunArtifact) -> JsonValue {
        .fields([
            "name": .string(artifact.role.rawValue), "uri": .string(FileURI.text(of: artifact.path)),
            "digest": artifact.digest.map { .object(["sha256": .string($0.hex)]) },
        ])
    }

    /// The folder of samples decides whether a run holds the gate. Its digest is the directory hash of in-toto's DigestSet,
    /// over the arrays in it.
    private static func samples(_ record: BuildRecord) -> [JsonValue] {
        guard let digest = record.metrics.lazy.compactMap(\.datasetDigest).first else { return [] }
        return [.fields(["name": "samples", "digest": .object(["dirHash": .string(digest.hex)])])]
    }

    private static func runDetails(_ record: BuildRecord) -> JsonValue {
        .fields([
            "builder": .fields([
                "id": .string(builder), "version": .object(["quantd": .string(record.recipe.builderVersion)]),
            ]),
            "metadata": .fields([
                "invocationId": .string(record.uuid), "startedOn": .string(record.started.description),
                "finishedOn": .string(record.finished.description),
            ]),
            "quantd_evaluation": .fields([
                "verdict": record.verdict.map { .string($0.rawValue) },
                "metrics": .array(record.metrics.map { metric($0) }),
            ]),
        ])
    }

    private static func metric(_ record: MetricRecord) -> JsonValue {
        .fields([
            "type": .string(record.metric.type),
            "slice": record.metric.slice.isEmpty ? nil : .string(record.metric.slice),
            "float": record.metric.float.map { JsonValue($0) }, "int8": record.metric.int8.map { JsonValue($0) },
            "delta": record.metric.delta.map { JsonValue($0) },
            "deltaLow": record.interval.map { JsonValue($0.lowerBound) },
            "deltaHigh": record.interval.map { JsonValue($0.upperBound) },
            "samples": .integer(Int64(record.metric.samples)), "dataset": record.dataset.map { .string($0) },
            "reason": record.metric.reason.map { .string($0) },
        ])
    }
}
