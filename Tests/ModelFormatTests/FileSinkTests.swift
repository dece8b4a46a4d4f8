import ModelFormat
import SystemPackage
import TestSupport
import Testing

@Suite struct FileSinkTests {
    @Test("a file that is written anew keeps nothing of what was in it before")
    func cleared() throws {
        let folder = try TemporaryFolder()
        let path = folder.path.appending("twin.bin")
        let descriptor = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite)
        try descriptor.closeAfter {
            let sink = FileSink(descriptor)
            for text in ["the first attempt", "short"] {
                try sink.clear()
                try Array(text.utf8).withUnsafeBytes { try sink.write($0, at: 0) }
            }
        }
        #expect(try Fixtures.bytes(path) == Array("short".utf8))
    }
}
