import Crypto
import Foundation
import Settings
import SystemPackage
import TestSupport
import Testing
import Vocabulary

@testable import Pipeline

/// What a worker answers.
@Suite struct WorkerRequestTests {
    static func worker() throws -> WorkerProcess {
        // Beside the test bundle.
        let products = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        var configuration = Configuration(models: "/m", output: "/o", state: "/s")
        configuration.workerCommand = [products.appendingPathComponent("quantd").path, "worker"]
        return try WorkerProcess(WorkerCommand(configuration, environment: ProcessInfo.processInfo.environment))
    }

    static let base = ModelSettings(Configuration(models: "/m", output: "/o", state: "/s"))

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
        let worker = try Self.worker()
        #expect(try worker.prepare(a, base: Self.base).digests.param == Self.digest("param of a"))
        #expect(try worker.digest(of: a.bin) == Self.digest("bin of a"))
        #expect(try worker.prepare(b, base: Self.base).digests.param == Self.digest("param of b"))
        for _ in 0..<2 {
            #expect(try worker.digest(of: b.bin) == Self.digest("bin of b"))
            #expect(try worker.digest(of: a.bin) == Self.digest("bin of a"))
        }
    }

    @Test("a worker does not wait for the digest of a .bin that nobody asks for")
    func abandoned() throws {
        let folder = try TemporaryFolder()
        let worker = try Self.worker()
        // To hash a hole of a terabyte takes many minutes.
        _ = try worker.prepare(Self.triple("huge", in: folder, hole: 1 << 40), base: Self.base)
        let small = try Self.triple("small", in: folder)
        _ = try worker.prepare(small, base: Self.base)
        #expect(try worker.digest(of: small.bin) == Self.digest("bin of small"))
    }

    @Test("a worker says of a .bin that shrinks while it is hashed that it was changed")
    func shrinks() throws {
        let folder = try TemporaryFolder()
        let worker = try Self.worker()
        let huge = try Self.triple("huge", in: folder, hole: 1 << 40)
        _ = try worker.prepare(huge, base: Self.base)
        #expect(truncate(huge.bin.path.string, 1) == 0)
        let error = #expect(throws: WorkDenied.self) { try worker.digest(of: huge.bin) }
        guard case .changed(let path) = error else {
            Issue.record("another answer: \(String(describing: error))")
            return
        }
        #expect(path == huge.bin.path)
    }
}
