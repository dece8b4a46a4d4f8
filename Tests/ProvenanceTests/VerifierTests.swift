import Crypto
import Foundation
import Ledger
import Publishing
import SystemPackage
import TestSupport
import Testing
import Vocabulary

@testable import Provenance

@Suite("Verifying")
struct VerifierTests {
    private static func flip(_ path: FilePath, bit: Int) throws {
        var bytes = try Fixtures.bytes(path)
        bytes[bit / 8] ^= 1 << (bit % 8)
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path.string))
        try handle.write(contentsOf: bytes)
        try handle.close()
    }

    private static func verify(_ publication: Publication, _ run: Int, key: VerifyingKey? = nil) throws
        -> Verifier.Answer
    {
        var verifier = Verifier(try publication.reader(), key: key)
        return try verifier.verify(publication.detail(run))
    }

    @Test("what was published and read is as the ledger says, and every file is read")
    func sound() throws {
        let publication = try Publication()
        let run = try publication.publish(publication.put("a/b")).run
        let answer = try Self.verify(publication, run)
        #expect(answer.findings.isEmpty && answer.notes.isEmpty)
        #expect(answer.files == 7)
    }

    @Test("one flipped bit in any file is found and named, with both digests")
    func flipped() throws {
        let publication = try Publication()
        let run = try publication.publish(publication.put("a")).run
        let artifacts = try publication.detail(run).artifacts
        #expect(artifacts.count == 7)
        for artifact in artifacts {
            for bit in [0, Int(artifact.size) * 4, Int(artifact.size) * 8 - 1] {
                try Self.flip(artifact.path, bit: bit)
                let findings = try Self.verify(publication, run).findings
                let wanted = try #require(artifact.digest)
                let found = ArtifactDigest(bytes: SHA256.hash(data: try Fixtures.bytes(artifact.path)))
                #expect(findings.count == 1)
                let finding = try #require(findings.first)
                #expect(finding.path == artifact.path && finding.role == artifact.role && finding.run == run)
                #expect(finding.problem == .changed(wanted: wanted, found: found))
                #expect(finding.description == "\(artifact.path) has the SHA-256 \(found), wanted \(wanted)")
                try Self.flip(artifact.path, bit: bit)
            }
        }
        #expect(try Self.verify(publication, run).findings.isEmpty)
    }

    @Test("a missing file of the result is named; an input that has gone is only told of")
    func missing() throws {
        let publication = try Publication()
        let run = try publication.publish(publication.put("a")).run
        for artifact in try publication.detail(run).artifacts {
            let aside = "\(publication.folder.path)/aside"
            try FileManager.default.moveItem(atPath: artifact.path.string, toPath: aside)
            let answer = try Self.verify(publication, run)
            if artifact.role.isInput {
                #expect(answer.findings.isEmpty)
                #expect(
                    answer.notes == ["\(artifact.path) is gone, it was the \(artifact.role.rawValue) of run \(run)"])
            } else {
                #expect(answer.findings.map(\.description) == ["\(artifact.path) is missing"])
            }
            try FileManager.default.moveItem(atPath: aside, toPath: artifact.path.string)
        }
    }

    @Test("a file that nobody published, a folder, a link and an unreadable file in the folder are named")
    func foreign() throws {
        let publication = try Publication()
        let published = try publication.publish(publication.put("a"))
        let stray = published.folder.path.appending("notes.txt")
        try Data().write(to: URL(fileURLWithPath: stray.string))
        #expect(
            try Self.verify(publication, published.run).findings.map(\.description)
                == ["\(stray) was not published by run \(published.run)"])
        try FileManager.default.removeItem(atPath: stray.string)
        let bin = try #require(published.folder.file("a-int8.bin")).path
        let copy = try publication.folder.write("copy", try Fixtures.bytes(bin))
        try FileManager.default.removeItem(atPath: bin.string)
        try FileManager.default.createSymbolicLink(atPath: bin.string, withDestinationPath: copy.string)
        #expect(
            try Self.verify(publication, published.run).findings.map(\.description) == ["\(bin) is no regular file"])
    }

    @Test("an input that a later run read was replaced; one that no run read has changed")
    func replaced() throws {
        let publication = try Publication()
        let first = try publication.publish(publication.put("a")).run
        let second = try publication.publish(publication.put("a", version: 2)).run
        let answer = try Self.verify(publication, first)
        #expect(answer.findings.isEmpty)
        #expect(
            answer.notes
                == ["param", "bin", "table"].map {
                    "\(publication.models)/a.\($0) was replaced, it is now the \($0) of run \(second)"
                })
        #expect(try Self.verify(publication, second).notes.isEmpty)
        _ = try publication.put("a", version: 3)
        #expect(try Self.verify(publication, second).findings.map(\.code) == ["changed", "changed", "changed"])
    }

    @Test("a pruned run has nothing to read, and says when it was pruned")
    func pruned() throws {
        let publication = try Publication()
        let first = try publication.publish(publication.put("a")).run
        _ = try publication.publish(publication.put("a", version: 2))
        try publication.writer.prune(first, at: try #require(Timestamp("2026-11-23T10:00:00Z")))
        #expect(try publication.publisher.withdraw(PublishedRun(model: ModelName("a"), run: first)))
        let answer = try Self.verify(publication, first)
        #expect(answer.findings.isEmpty)
        #expect(answer.notes.first == "run 1 was pruned on 2026-11-23T10:00:00.000000Z, its folder is gone")
    }

    @Test("with a key, a signature is wanted, and must be of this key over this statement")
    func signatures() throws {
        let publication = try Publication()
        let key = try SigningKey(publication.folder.write("key.pem", SignatureTests.privateKey))
        let verifying = try VerifyingKey(publication.folder.write("key.pub.pem", SignatureTests.publicKey))
        let signed = try publication.publish(publication.put("a"), key: key)
        let unsigned = try publication.publish(publication.put("b"))
        #expect(try Self.verify(publication, signed.run, key: verifying).findings.isEmpty)
        #expect(try Self.verify(publication, signed.run).findings.isEmpty)
        #expect(try Self.verify(publication, signed.run, key: verifying).files == 8)
        #expect(
            try Self.verify(publication, unsigned.run, key: verifying).findings.map(\.description)
                == ["\(unsigned.folder.path)/b-int8.intoto.json is not signed"])

        let other = SignatureTests.pem("PUBLIC KEY", "302a300506032b6570032100", String(repeating: "07", count: 32))
        let stranger = try VerifyingKey(publication.folder.write("other.pem", other))
        #expect(
            try Self.verify(publication, signed.run, key: stranger).findings.map(\.description)
                == [
                    "\(signed.folder.path)/a-int8.intoto.json.sig is not the signature of this key over the statement beside it"
                ])

        let sign = try #require(signed.folder.file("a-int8.intoto.json.sig")).path
        try Self.flip(sign, bit: 77)
        #expect(
            try Self.verify(publication, signed.run, key: verifying).findings.map(\.code) == [
                "changed", "wrong-signature",
            ])
    }
}
