import SystemPackage

/// The mounted file systems, from the text of `/proc/self/mountinfo`, of which proc_pid_mountinfo(5) tells the fields.
///
/// `statfs` would give a number for the same, but a number knows no `fuse.sshfs`.
public struct Mounts: Equatable, Sendable {
    /// Type by `major:minor`.
    private var types: [String: String] = [:]

    /// File systems whose changes are not all made through this kernel, so that inotify misses some. All of FUSE counts,
    /// since what stands behind it can change by other ways.
    private static let remote: Set<String> = [
        "9p", "afs", "beegfs", "ceph", "cifs", "coda", "fuse", "gfs2", "gpfs", "lustre", "ncpfs", "nfs", "nfs4",
        "ocfs2",
        "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs",
    ]

    /// Lines that are not as they should be are left out: an unknown file system counts as a local one.
    public init(_ mountinfo: String) {
        for line in mountinfo.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard let dash = fields.firstIndex(of: "-"), dash >= 6, dash + 1 < fields.count else { continue }
            types[String(fields[2])] = String(fields[dash + 1])
        }
    }

    /// The type of the file system that has this `st_dev`; nil where it is not mounted here.
    public func type(of device: UInt64) -> String? {
        types["\(Self.major(device)):\(Self.minor(device))"]
    }

    /// The type of the file system that has this `st_dev`, where it is one that inotify cannot be relied on for.
    public func remoteType(of device: UInt64) -> String? {
        guard let type = type(of: device) else { return nil }
        return type.hasPrefix("fuse.") || Self.remote.contains(type) ? type : nil
    }

    // The bits of a 64-bit dev_t as in glibc's bits/sysmacros.h.

    private static func major(_ device: UInt64) -> UInt64 {
        (device >> 8) & 0xFFF | (device >> 32) & 0xFFFF_F000
    }

    private static func minor(_ device: UInt64) -> UInt64 {
        device & 0xFF | (device >> 12) & 0xFFFF_FF00
    }
}

extension Mounts {
    /// The mounts as they are now; none where they cannot be read.
    public static func current() -> Mounts {
        do {
            let file = try FileDescriptor.open("/proc/self/mountinfo", .readOnly, options: .closeOnExec)
            return try file.closeAfter {
                // The kernel makes the text as it is read and tells no size beforehand.
                var text: [UInt8] = []
                var piece = [UInt8](repeating: 0, count: 16_384)
                while true {
                    let count = try piece.withUnsafeMutableBytes { try file.read(into: $0) }
                    guard count > 0 else { return Mounts(String(decoding: text, as: UTF8.self)) }
                    text += piece[..<count]
                }
            }
        } catch {
            return Mounts("")
        }
    }
}
