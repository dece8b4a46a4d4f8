import SystemPackage
import TestSupport
import Testing
import Vocabulary

@testable import Working

@Suite("the folder of samples")
struct SampleFolderTests {
    /// The folder `net.eval` beside a model that is nothing but its names.
    static func read(_ folder: TemporaryFolder) throws -> SampleFolder {
        let files = try ["param", "bin"].map { ending in
            let path = try folder.write("net.\(ending)", "")
            return Triple.File(path: path, identity: try #require(FileIdentity(of: path)))
        }
        let triple = Triple(name: ModelName("net"), param: files[0], bin: files[1], table: nil)
        return try #require(try SampleFolder(beside: triple))
    }

    @Test("is another one with each array, image or label that changes, and with nothing else")
    func digest() throws {
        let folder = try TemporaryFolder()
        try folder.write("net.eval/notes.md", "1")
        var seen: Set = [try Self.read(folder).digest]
        for (name, content) in [
            ("a.png", "1"), ("a.png", "2"), ("b.JPEG", "1"), ("labels.txt", "a.png 1"), ("labels.txt", "a.png 2"),
            ("in0.npy", "1"),
        ] {
            try folder.write("net.eval/\(name)", content)
            #expect(seen.insert(try Self.read(folder).digest).inserted, "\(name) \(content)")
        }
        let last = try Self.read(folder).digest
        for name in ["notes.md", ".a.png.Xa81Zq", "b.png.part"] { try folder.write("net.eval/\(name)", "2") }
        #expect(try Self.read(folder).digest == last)
    }

    @Test("in which an image comes, goes or changes meanwhile is no longer the same")
    func changed() throws {
        let folder = try TemporaryFolder()
        try folder.write("net.eval/a.png", "1")
        let samples = try Self.read(folder)
        try samples.requireUnchanged()
        try folder.write("net.eval/b.png", "1")
        #expect(throws: ChangedFile.self) { try samples.requireUnchanged() }
    }
}
