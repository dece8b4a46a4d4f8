import SystemPackage
import TestSupport
import Testing

@testable import Pipeline

@Suite("the digest of a folder of samples")
struct SampleFolderTests {
    @Test("changes with what is read from the folder, and with nothing else")
    func digest() throws {
        let folder = try TemporaryFolder()
        func digest() throws -> String { try SampleFolder.digest(folder.path).hex }
        let empty = try digest()
        var seen: Set = [empty]
        for (name, content) in [
            ("a.png", "1"), ("a.png", "2"), ("b.JPEG", "1"), ("labels.txt", "a.png 1"), ("labels.txt", "a.png 2"),
            ("in0.npy", "1"),
        ] {
            try folder.write(name, content)
            #expect(try seen.insert(digest()).inserted, "\(name) \(content)")
        }
        let last = try digest()
        for name in ["notes.md", ".a.png.Xa81Zq", "b.png.part"] { try folder.write(name, "1") }
        #expect(try digest() == last)
    }
}
