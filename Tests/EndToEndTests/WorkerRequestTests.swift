import Crypto
import Foundation
import Settings
import SystemPackage
import TestSupport
import Testing
import Vocabulary
import Working

/// What a worker answers.
@Suite struct WorkerRequestTests {
    /// A worker of this process.
    final class Talk {
        private let process = Process()
        private let requests = Pipe()
        private let replies = Pipe()
        private var lines = LineBuffer()

        init() throws {
            process.executableURL = URL(fileURLWithPath: DaemonProcess.products.appending("quantd").string)
            process.arguments = ["worker"]
            process.standardInput = requests
            process.standardOutput = replies
            try process.run()
        }

        deinit {
            // It ends as soon as nobody can ask any more.
            try? requests.fileHandleForWriting.close()
            process.waitUntilExit()
        }

        func ask(_ request: WorkRequest) throws -> WorkReply {
            try requests.fileHandleForWriting.write(contentsOf: JsonLine.encode(request))
            while true {
                if let line = lines.next() { return try JsonLine.decode(WorkReply.self, from: line) }
                let output = FileDescriptor(rawValue: replies.fileHandleForReading.fileDescriptor)
                guard try lines.fill(from: output) > 0 else { throw Errno.brokenPipe }
            }
        }

        /// The digest of a file; nil for every other answer.
        func digest(of file: Triple.File) throws -> ArtifactDigest? {
            guard case .digest(let digest) = try ask(.digest(of: file)) else { return nil }
            return digest
        }

        func prepare(_ triple: Triple) throws -> Preparation? {
            let base = ModelSettings(Configuration(models: "/m", output: "/o", state: "/s"))
            guard case .prepared(let preparation) = try ask(.prepare(triple, base: base)) else { return nil }
            return preparation
        }
    }

    /// A `.param` and a `.bin` that nobody looks into.
    static func triple(_ name: String, in folder: TemporaryFolder, hole: UInt64? = nil) throws -> Triple {
        let files = try ["param", "bin"].map { ending in
            let path = try folder.write("\(name).\(ending)", "\(ending) of \(name)")
            if let hole, ending == "bin" {
                try FileHandle(forWritingTo: URL(fileURLWithPath: path.string)).truncate(atOffset: hole)
            }
            return Triple.File(path: path, identity: try #require(FileIdentity(of: path)))
        }
        return Triple(name: ModelName(name), param: files[0], bin: files[1], table: nil)
    }

    static func digest(_ text: String) -> ArtifactDigest {
        ArtifactDigest(bytes: SHA256.hash(data: Data(text.utf8)))
    }

    @Test("a worker says the digest of the .bin that was prepared, of another one too, and as often as it is asked")
    func digests() throws {
        let folder = try TemporaryFolder()
        let (a, b) = (try Self.triple("a", in: folder), try Self.triple("b", in: folder))
        let talk = try Talk()
        #expect(try talk.prepare(a)?.digests.param == Self.digest("param of a"))
        #expect(try talk.digest(of: a.bin) == Self.digest("bin of a"))
        #expect(try talk.prepare(b)?.digests.param == Self.digest("param of b"))
        for _ in 0..<2 {
            #expect(try talk.digest(of: b.bin) == Self.digest("bin of b"))
            #expect(try talk.digest(of: a.bin) == Self.digest("bin of a"))
        }
    }

    @Test("a worker does not wait for the digest of a .bin that nobody asks for")
    func abandoned() throws {
        let folder = try TemporaryFolder()
        let talk = try Talk()
        // To hash a hole of a terabyte takes many minutes.
        #expect(try talk.prepare(Self.triple("huge", in: folder, hole: 1 << 40)) != nil)
        let small = try Self.triple("small", in: folder)
        #expect(try talk.prepare(small) != nil)
        #expect(try talk.digest(of: small.bin) == Self.digest("bin of small"))
    }

    @Test("a worker says of a .bin that shrinks while it is hashed that it was changed")
    func shrinks() throws {
        let folder = try TemporaryFolder()
        let talk = try Talk()
        let huge = try Self.triple("huge", in: folder, hole: 1 << 40)
        #expect(try talk.prepare(huge) != nil)
        #expect(truncate(huge.bin.path.string, 1) == 0)
        guard case .changed(let path) = try talk.ask(.digest(of: huge.bin)) else {
            Issue.record("another answer")
            return
        }
        #expect(path == huge.bin.path.string)
    }
}
