import Ledger
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// How much room the file system behind a folder has.
struct DiskSpace: Recordable {
    /// What the folder is for.
    enum Role: String {
        case output
        case state
    }

    let role: Role
    let path: FilePath
    /// Bytes that an ordinary user can still write.
    let free: Int64
    /// Bytes in all.
    let total: Int64

    /// Less than a twentieth, and less than 1 GiB.
    var isShort: Bool { free < total / 20 && free < 1 << 30 }

    /// nil where the folder cannot be seen from here.
    init?(_ role: Role, at path: FilePath) {
        var status = statvfs()
        guard path.withPlatformString({ statvfs($0, &status) }) == 0 else { return nil }
        self.role = role
        self.path = path
        func bytes(_ blocks: UInt) -> Int64 {
            Int64(clamping: blocks.multipliedReportingOverflow(by: UInt(status.f_frsize)).partialValue)
        }
        free = bytes(UInt(status.f_bavail))
        total = bytes(UInt(status.f_blocks))
    }

    static let fields: [Field<DiskSpace>] = [
        .text("role") { $0.role.rawValue },
        .path("path") { $0.path },
        .bytes("free_bytes") { $0.free },
        .bytes("total_bytes") { $0.total },
    ]
}
