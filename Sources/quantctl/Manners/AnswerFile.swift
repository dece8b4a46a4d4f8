import Foundation
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Where a long answer goes: standard output, or a file that gets its name when it is whole.
struct AnswerFile {
    private let target: FilePath?
    private let descriptor: FileDescriptor

    private var temporary: FilePath? { target.map { FilePath("\($0.string).part") } }

    init(_ target: FilePath?) throws {
        self.target = target
        guard let target else {
            descriptor = .standardOutput
            return
        }
        guard !target.isEmpty else { throw Complaint("the name of the file to write is empty", .usage) }
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: target.string, isDirectory: &isFolder), isFolder.boolValue {
            throw Complaint("\(target) is a folder, wanted the name of a file", .io)
        }
        do {
            descriptor = try FileDescriptor.open(
                FilePath("\(target.string).part"), .writeOnly, options: [.create, .truncate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
        } catch {
            throw Complaint("\(target) cannot be written: \(error)", .io)
        }
    }

    mutating func write(_ text: String) throws {
        do {
            _ = try descriptor.writeAll(text.utf8)
        } catch {
            removeTemporary()
            throw Complaint("\(target?.string ?? "the answer") cannot be written: \(error)", .io)
        }
    }

    func finish() throws {
        guard let target, let temporary else { return }
        do {
            try descriptor.close()
            guard rename(temporary.string, target.string) == 0 else { throw Errno(rawValue: errno) }
        } catch {
            removeTemporary()
            throw Complaint("\(target) cannot be written: \(error)", .io)
        }
    }

    /// What is not whole helps nobody.
    private func removeTemporary() {
        if let temporary { try? FileManager.default.removeItem(atPath: temporary.string) }
    }
}
