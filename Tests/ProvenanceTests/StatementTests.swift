import Foundation
import Ledger
import Publishing
import SystemPackage
import TestSupport
import Testing
import Vocabulary

@testable import Provenance

@Suite("The statement beside a model")
struct StatementTests {
    @Test("what the ledger gives back makes the same statement, byte for byte")
    func again() throws {
        let publication = try Publication()
        let published = try publication.publish(publication.put("vision/digits"))
        let record = try #require(try BuildRecord(of: publication.detail(published.run), in: publication.reader()))
        #expect(record == published.record)
        #expect(Statement.text(of: record) == published.statement)
        let file = try #require(published.folder.file("digits-int8.intoto.json"))
        #expect(try Fixtures.bytes(file.path) == Array(Statement.text(of: record).utf8))
    }

    @Test("so does that of a run which published an earlier result, and it names that run")
    func cached() throws {
        let publication = try Publication()
        let first = try publication.publish(publication.put("a"))
        let second = try publication.publish(publication.put("b"), cachedFrom: first.run)
        let record = try #require(try BuildRecord(of: publication.detail(second.run), in: publication.reader()))
        #expect(record == second.record)
        #expect(record.source == first.record.uuid)
        #expect(record.metrics == first.record.metrics)
        #expect(Statement.text(of: record) == second.statement)
        #expect(second.statement.contains("\"cachedFrom\":\"\(first.record.uuid)\""))
    }

    @Test("so does that of a run that was pruned")
    func pruned() throws {
        let publication = try Publication()
        let first = try publication.publish(publication.put("a"))
        _ = try publication.publish(publication.put("a", version: 2))
        try publication.writer.prune(first.run)
        let record = try #require(try BuildRecord(of: publication.detail(first.run), in: publication.reader()))
        #expect(Statement.text(of: record) == first.statement)
    }

    @Test("the rows of the ledger make SHA256SUMS again, byte for byte")
    func sums() throws {
        let publication = try Publication()
        let published = try publication.publish(publication.put("vision/di\\gits"))
        let artifacts = try publication.detail(published.run).artifacts.filter { !$0.role.isInput && $0.role != .sums }
        let digests = Dictionary(
            uniqueKeysWithValues: artifacts.map { ($0.path.lastComponent?.string ?? "", $0.digest) }
        ).compactMapValues(\.self)
        let file = try #require(published.folder.file("SHA256SUMS"))
        #expect(digests.count == 3)
        #expect(try Fixtures.bytes(file.path) == Array(Checksums.text(digests).utf8))
    }

    /// What https://github.com/in-toto/attestation/tree/main/spec/v1 and https://slsa.dev/provenance/v1 require, and what they
    /// say of the fields that are there: a place, and what must hold of the value in it. `*` stands for each element.
    static let required: [(place: String, rule: Rule)] = [
        ("_type", .is("https://in-toto.io/Statement/v1")),
        ("subject", .filledArray),
        ("subject.*.digest.sha256", .sha256),
        ("subject.*.name", .text),
        ("predicateType", .is("https://slsa.dev/provenance/v1")),
        ("predicate", .object),
        ("predicate.buildDefinition", .object),
        ("predicate.buildDefinition.buildType", .uri),
        ("predicate.buildDefinition.externalParameters", .object),
        ("predicate.buildDefinition.externalParameters.settings", .object),
        ("predicate.buildDefinition.internalParameters", .object),
        ("predicate.buildDefinition.resolvedDependencies", .filledArray),
        ("predicate.buildDefinition.resolvedDependencies.*", .descriptor),
        ("predicate.runDetails", .object),
        ("predicate.runDetails.builder.id", .uri),
        ("predicate.runDetails.builder.version.*", .text),
        ("predicate.runDetails.metadata.invocationId", .text),
        ("predicate.runDetails.metadata.startedOn", .time),
        ("predicate.runDetails.metadata.finishedOn", .time),
    ]

    enum Rule {
        case `is`(String)
        case text, uri, sha256, time, object, filledArray
        /// A ResourceDescriptor: it has one of uri, digest and content.
        case descriptor

        func holds(_ value: JsonValue) -> Bool {
            switch (self, value) {
            case (.is(let wanted), .string(let text)): text == wanted
            case (.text, .string(let text)): !text.isEmpty
            case (.uri, .string(let text)): text.wholeMatch(of: #/[a-z][a-z0-9+.-]*:[^\s]+/#) != nil
            case (.sha256, .string(let text)): text.wholeMatch(of: #/[0-9a-f]{64}/#) != nil
            case (.time, .string(let text)):
                text.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/#) != nil
            case (.object, .object): true
            case (.filledArray, .array(let values)): !values.isEmpty
            case (.descriptor, .object(let fields)):
                fields["uri"] != nil || fields["digest"] != nil || fields["content"] != nil
            default: false
            }
        }
    }

    static func values(at place: some Collection<Substring>, in value: JsonValue) -> [JsonValue] {
        guard let next = place.first else { return [value] }
        let rest = place.dropFirst()
        return switch value {
        case .array(let values) where next == "*": values.flatMap { Self.values(at: rest, in: $0) }
        case .object(let fields) where next == "*": fields.values.flatMap { Self.values(at: rest, in: $0) }
        case .object(let fields): fields[String(next)].map { Self.values(at: rest, in: $0) } ?? []
        default: []
        }
    }

    @Test("it has every field that in-toto and SLSA require, in the form they require", arguments: [true, false])
    func schema(hasTable: Bool) throws {
        let publication = try Publication()
        let published = try publication.publish(publication.put("vision/digits", hasTable: hasTable))
        let statement = try #require(JsonValue(text: published.statement))
        for (place, rule) in Self.required {
            let values = Self.values(at: place.split(separator: "."), in: statement)
            #expect(!values.isEmpty, "\(place)")
            for value in values { #expect(rule.holds(value), "\(place): \(value)") }
        }
        let dependencies = Self.values(
            at: "predicate.buildDefinition.resolvedDependencies.*.name".split(separator: "."), in: statement)
        #expect(dependencies == (hasTable ? ["param", "bin", "table", "samples"] : ["param", "bin", "samples"]))
    }

    /// SLSA: names of other fields have the vendor's prefix, and names without one have no underscore.
    @Test("only the fields of the published schemas and our own extension stand in it")
    func extensions() throws {
        let publication = try Publication()
        let published = try publication.publish(publication.put("a"))
        let statement = try #require(JsonValue(text: published.statement))
        func names(_ place: String) -> Set<String> {
            Set(
                Self.values(at: place.split(separator: "."), in: statement).flatMap { value -> [String] in
                    if case .object(let fields) = value { Array(fields.keys) } else { [] }
                })
        }
        #expect(names("") == ["_type", "subject", "predicateType", "predicate"])
        #expect(names("predicate") == ["buildDefinition", "runDetails"])
        #expect(
            names("predicate.buildDefinition").isSubset(of: [
                "buildType", "externalParameters", "internalParameters", "resolvedDependencies",
            ]))
        #expect(names("predicate.runDetails") == ["builder", "metadata", "quantd_evaluation"])
        #expect(
            names("predicate.buildDefinition.resolvedDependencies.*").isSubset(of: [
                "name", "uri", "digest", "content", "downloadLocation", "mediaType", "annotations",
            ]))
    }

    @Test("it is one line, and says the verdict and the figures with their reasons")
    func evaluation() throws {
        let publication = try Publication()
        let text = try publication.publish(publication.put("a")).statement
        #expect(text.hasSuffix("}\n") && text.dropLast().allSatisfy { !$0.isNewline })
        let statement = try #require(JsonValue(text: text))
        let place = "predicate.runDetails.quantd_evaluation"
        #expect(Self.values(at: "\(place).verdict".split(separator: "."), in: statement) == ["PASSED"])
        let types = Self.values(at: "\(place).metrics.*.type".split(separator: "."), in: statement)
        #expect(types == ["cosine", "max_error", "sqnr_db", "top1", "top5", "zero"])
        #expect(text.contains(#""reason":"it is no number""#) && text.contains(#""reason":"not measured""#))
        #expect(text.contains(#""int8":"inf""#))
    }

    @Test(
        "a path becomes a URI whatever its bytes are",
        arguments: [
            ([UInt8]("/m/a b%\n/ü.bin".utf8), "file:///m/a%20b%25%0A/%C3%BC.bin"),
            ([0x2F, 0xFF, 0x2E, 0x62], "file:///%FF.b"),
        ])
    func uri(bytes: [UInt8], text: String) {
        let path = FilePath(platformString: bytes.map { CChar(bitPattern: $0) } + [0])
        #expect(FileURI.text(of: path) == text)
    }

    @Test("a run without a result, or whose files were not read, has no record")
    func nothing() throws {
        let publication = try Publication()
        let run = try publication.writer.enqueue(publication.put("a"), trigger: .watch)
        #expect(try BuildRecord(of: publication.detail(run), in: publication.reader()) == nil)
        try publication.writer.begin(run, with: Publication.recipe)
        let detail = try publication.detail(run)
        let error = #expect(throws: IncompleteRecord.self) {
            try BuildRecord(
                detail, artifacts: detail.artifacts, metrics: [], verdict: nil, source: nil, finished: .now)
        }
        #expect(error?.description == "the statement of run 1 cannot be made: the digest of its param is missing")
    }
}
