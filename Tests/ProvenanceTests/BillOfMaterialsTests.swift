import Ledger
import Testing
import Vocabulary

@testable import Provenance

@Suite("The bill of materials")
struct BillOfMaterialsTests {
    /// What the schema of CycloneDX 1.6 (https://cyclonedx.org/schema/bom-1.6.schema.json) requires of each object that we
    /// write, and the names that it allows there.
    static let objects: [(place: String, required: Set<String>, allowed: Set<String>)] = [
        (
            "", ["bomFormat", "specVersion"],
            ["$schema", "bomFormat", "specVersion", "serialNumber", "version", "metadata", "components"]
        ),
        ("metadata", [], ["timestamp", "tools"]),
        ("metadata.tools", [], ["components"]),
        ("metadata.tools.components.*", ["type", "name"], component),
        ("components.*", ["type", "name"], component),
        ("components.*.components.*", ["type", "name"], component),
        ("components.*.pedigree", [], ["ancestors", "notes"]),
        ("components.*.pedigree.ancestors.*", ["type", "name"], component),
        ("components.*.pedigree.ancestors.*.components.*", ["type", "name"], component),
        ("components.*.hashes.*", ["alg", "content"], ["alg", "content"]),
        ("components.*.components.*.hashes.*", ["alg", "content"], ["alg", "content"]),
        ("components.*.modelCard", [], ["modelParameters", "quantitativeAnalysis"]),
        ("components.*.modelCard.modelParameters.datasets.*", ["type"], ["type", "name"]),
        (
            "components.*.modelCard.quantitativeAnalysis.performanceMetrics.*", [],
            ["type", "value", "slice", "confidenceInterval"]
        ),
        ("components.*.properties.*", ["name"], ["name", "value"]),
    ]
    static let component: Set<String> = [
        "type", "bom-ref", "name", "version", "description", "hashes", "components", "pedigree", "modelCard",
        "properties",
    ]

    static func bill(_ records: [BuildRecord]) -> String {
        BillOfMaterials.opening(of: records.count == 1 ? records[0] : nil, at: Timestamp(microseconds: 0))
            + records.map(BillOfMaterials.component).joined(separator: ",") + BillOfMaterials.closing
    }

    @Test("it has what CycloneDX 1.6 requires and nothing that it does not know", arguments: [1, 2])
    func schema(count: Int) throws {
        let publication = try Publication()
        let records = try (1...count).map { try publication.publish(publication.put("m\($0)")).record }
        let bill = try #require(JsonValue(text: Self.bill(records)))
        for (place, required, allowed) in Self.objects {
            let values = StatementTests.values(at: place.split(separator: "."), in: bill)
            #expect(!values.isEmpty, "\(place)")
            for value in values {
                guard case .object(let fields) = value else {
                    Issue.record("\(place) is no object")
                    continue
                }
                #expect(required.isSubset(of: fields.keys), "\(place)")
                #expect(Set(fields.keys).isSubset(of: allowed), "\(place): \(fields.keys)")
            }
        }
        func texts(_ place: String) -> [JsonValue] { StatementTests.values(at: place.split(separator: "."), in: bill) }
        #expect(texts("bomFormat") == ["CycloneDX"] && texts("specVersion") == ["1.6"])
        #expect(texts("components.*.type") == Array(repeating: "machine-learning-model", count: count))
        #expect(texts("components.*.components.*.type").allSatisfy { ["file", "data"].contains($0) })
        #expect(texts("components.*.hashes.*.alg") == Array(repeating: "SHA-256", count: count))
    }

    @Test("it holds the digests and the figures of the run; all figures are texts, as the schema has it")
    func figures() throws {
        let publication = try Publication()
        let record = try publication.publish(publication.put("m")).record
        let bill = try #require(JsonValue(text: Self.bill([record])))
        func values(_ place: String) -> [JsonValue] { StatementTests.values(at: place.split(separator: "."), in: bill) }
        let digests = (record.outputs + record.inputs).compactMap { $0.digest.map { JsonValue.string($0.hex) } }
        let written =
            values("components.*.components.*.hashes.*.content")
            + values("components.*.pedigree.ancestors.*.components.*.hashes.*.content")
        #expect(written == digests)
        #expect(values("serialNumber") == [.string("urn:uuid:\(record.uuid)")])
        let metrics = "components.*.modelCard.quantitativeAnalysis.performanceMetrics.*"
        #expect(
            values("\(metrics).type") == [
                "cosine", "max_error", "top1", "top1 (float)", "top1 (delta)", "zero", "zero (float)", "zero (delta)",
            ])
        #expect(values("\(metrics).value").prefix(4) == ["0.9931", "inf", "0.97", "0.98"])
        #expect(values("\(metrics).confidenceInterval.upperBound") == ["0.02"])
    }
}
