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
            if let temporary { try? FileManager.default.removeItem(atPath: temporary.string) }
            throw Complaint("\(target?.string ?? "the answer") cannot be written: \(error)", .io)
        }
    }

    func finish() throws {
        guard let target, let temporary else { return }
        do {
            try descriptor.close()
            guard rename(temporary.string, target.string) == 0 else { throw Errno(rawValue: errno) }
        } catch {
            throw Complaint("\(target) cannot be written: \(error)", .io)
        }
    }
}
