import ModelFormat
import SystemPackage
import TestSupport
import Testing

@Suite struct FileSinkTests {
    @Test("a file that is written anew from some byte on keeps nothing of what was behind it before")
    func cut() throws {
        let folder = try TemporaryFolder()
        let path = folder.path.appending("twin.bin")
        let descriptor = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite)
        try descriptor.closeAfter {
            let sink = FileSink(descriptor)
            for (text, place) in [("the first attempt", 0), ("next", 4)] {
                try sink.cut(to: place)
                try Array(text.utf8).withUnsafeBytes { try sink.write($0, at: place) }
            }
        }
        #expect(try Fixtures.bytes(path) == Array("the next".utf8))
    }
}
