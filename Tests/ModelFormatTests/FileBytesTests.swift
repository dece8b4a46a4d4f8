import SystemPackage
import Testing

@testable import ModelFormat

@Suite struct FileBytesTests {
    @Test("a disk that fails is told from a file that is not there")
    func whoIsAtFault() throws {
        // Linux answers EIO for memory that is not mapped, proc_pid_mem(5): address 0 is none.
        let memory = try FileBytes("/proc/self/mem")
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1, alignment: 1)
        defer { buffer.deallocate() }
        let failing = #expect(throws: FormatError.self) { try memory.read(at: 0, into: buffer) }
        #expect(failing?.code == .ioError)
        #expect(failing?.isBlocked == true)
        #expect(failing?.description == "mem at byte 0: cannot be read: input/output error")
        let missing = #expect(throws: FormatError.self) { try FileBytes("/proc/self/no-such-file") }
        #expect(missing?.code == .noSuchFileOrDirectory)
        #expect(missing?.isBlocked == false)
    }
}
