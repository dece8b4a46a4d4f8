import Foundation
import Glibc
public import SystemPackage
public import Watching

/// A folder of the daemon's, and what it and others need of it.
public struct Place: Hashable, Sendable {
    /// What the folder is for. The raw value is its key in the configuration.
    public enum Purpose: String, Sendable, CaseIterable {
        case models, output, state, requests
    }

    public let purpose: Purpose
    public let path: FilePath

    public init(_ purpose: Purpose, _ path: FilePath) {
        self.purpose = purpose
        self.path = path
    }

    /// What the daemon needs of it.
    private var ofDaemon: Account.Access {
        purpose == .models ? [.read, .enter] : [.read, .write, .enter]
    }

    /// What those need who ask.
    private var ofAsker: Account.Access {
        switch purpose {
        case .models, .output: [.read, .enter]
        case .state: [.enter]
        case .requests: [.write, .enter]
        }
    }

    /// Whether it is there, who may do what is needed, what file system it lies on, and how much room there is.
    ///
    /// - Parameters:
    ///   - daemon: the user as whom the daemon runs; nil where that is not known.
    ///   - asker: the user who asks.
    public func checks(daemon: Account?, asker: Account, mounts: Mounts) -> [Check] {
        var status = stat()
        guard path.withPlatformString({ stat($0, &status) }) == 0 else {
            let code = Errno(rawValue: errno)
            guard code == .noSuchFileOrDirectory else {
                return [
                    Check(.warn, purpose.rawValue, "\(path) cannot be looked at: \(code)", advice: "ask as its group")
                ]
            }
            return [Check(.fail, purpose.rawValue, "\(path) is not there", advice: adviceForMissing)]
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            return [Check(.fail, purpose.rawValue, "\(path) is no folder", advice: "move it away")]
        }
        let room = purpose == .output || purpose == .state ? room() : nil
        var checks = [permission(daemon, asker, room.map { $0.state == .ok ? "; \($0.finding)" : "" } ?? "")]
        checks += fileSystem(mounts, UInt64(status.st_dev))
        if let room, room.state != .ok { checks.append(room) }
        return checks
    }

    private var adviceForMissing: String {
        switch purpose {
        case .models: "mount the disk or make the folder; quantd never makes it"
        case .output: "mount the disk; where it lies on no disk of its own, quantd makes it when it starts"
        case .state, .requests: "start quantd, which makes it"
        }
    }

    // MARK: Permissions

    /// - Parameter remark: what else is well, to be said in the same line.
    private func permission(_ daemon: Account?, _ asker: Account, _ remark: String) -> Check {
        if let daemon, let stop = daemon.obstacle(to: ofDaemon, at: path) {
            return Check(
                .fail, purpose.rawValue, "\(path): \(daemon.name), as whom quantd runs, is stopped at \(stop)",
                advice: "give \(daemon.name) \(Self.words(ofDaemon)) of it, by owner, group or mode")
        }
        if let stop = asker.obstacle(to: ofAsker, at: path) {
            let purposes: [Purpose: String] = [
                .models: "verify cannot read inputs", .output: "verify cannot read what was published",
                .state: "the ledger cannot be asked", .requests: "retry and prune cannot ask",
            ]
            return Check(
                .warn, purpose.rawValue,
                "\(path): you (\(asker.name)) are stopped at \(stop): \(purposes[purpose] ?? "")",
                advice: "become a member of the group of \(stop)")
        }
        let who = daemon.map { "\($0.name) and you may" } ?? "you may"
        return Check(.ok, purpose.rawValue, "\(path): \(who) do what is needed\(remark)")
    }

    private static func words(_ access: Account.Access) -> String {
        let all: [(Account.Access, String)] = [(.read, "read"), (.write, "write"), (.enter, "enter")]
        return all.filter { access.contains($0.0) }.map(\.1).joined(separator: ", ")
    }

    // MARK: File systems

    /// What is wrong with a type of file system for a purpose.
    private struct Trait {
        let types: Set<String>
        let purposes: Set<Purpose>
        let state: Check.State
        let finding: String
        let advice: String
    }

    private static let traits = [
        Trait(
            types: ["vfat", "msdos", "exfat"], purposes: [.output], state: .fail,
            finding: "has no symbolic links, 'latest' cannot be made", advice: "publish to another file system"),
        Trait(
            types: ["tmpfs", "ramfs"], purposes: [.output, .state], state: .warn,
            finding: "is gone with the next start of the machine", advice: "use a file system on a disk"),
        Trait(
            types: ["overlay"], purposes: [.output, .state], state: .warn,
            finding: "goes with its container", advice: "mount a volume there"),
        Trait(
            types: ["squashfs", "iso9660", "erofs", "cramfs"], purposes: [.output, .state], state: .fail,
            finding: "cannot be written", advice: "use another file system"),
    ]

    private static let remote: [Purpose: (Check.State, String, String)] = [
        .models: (
            .warn, "the kernel does not tell what other machines change there",
            "new models are found by the regular scan; set rescan_seconds to how long you can wait"
        ),
        .output: (
            .warn, "other machines may see files, and 'latest', later than this one",
            "read what was published on this machine, or check SHA256SUMS after copying"
        ),
        .state: (
            .fail, "SQLite's write-ahead log needs memory that is shared on one machine",
            "put the state on a local file system"
        ),
    ]

    private func fileSystem(_ mounts: Mounts, _ device: UInt64) -> [Check] {
        var checks: [Check] = []
        var room = statvfs()
        if purpose != .models, path.withPlatformString({ statvfs($0, &room) }) == 0, room.f_flag & UInt(ST_RDONLY) != 0
        {
            checks.append(
                Check(
                    .fail, purpose.rawValue, "\(path) is mounted read-only",
                    advice: "look at the kernel's log, mount it for writing"))
        }
        guard let type = mounts.type(of: device) else { return checks }
        for trait in Self.traits where trait.types.contains(type) && trait.purposes.contains(purpose) {
            checks.append(
                Check(
                    trait.state, purpose.rawValue, "\(path) lies on \(type), which \(trait.finding)",
                    advice: trait.advice))
        }
        if mounts.remoteType(of: device) != nil, let (state, finding, advice) = Self.remote[purpose] {
            checks.append(Check(state, purpose.rawValue, "\(path) lies on \(type): \(finding)", advice: advice))
        }
        return checks
    }

    // MARK: Room

    private func room() -> Check? {
        var status = statvfs()
        guard path.withPlatformString({ statvfs($0, &status) }) == 0 else { return nil }
        let (free, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        let files = status.f_files == 0 ? nil : UInt64(status.f_favail)
        return Self.room(purpose, path, bytes: overflow ? .max : free, files: files)
    }

    /// - Parameter files: how many more files there may be; nil where the file system has no such number.
    static func room(_ purpose: Purpose, _ path: FilePath, bytes: UInt64, files: UInt64?) -> Check {
        if let files, files < 1000 {
            return Check(
                files == 0 ? .fail : .warn, purpose.rawValue, "\(path) has room for \(files) more files",
                advice: "remove small files, or make the file system anew with more inodes")
        }
        let mebibytes = bytes >> 20
        if mebibytes >= 1024 { return Check(.ok, purpose.rawValue, "\(mebibytes >> 10) GiB are free") }
        return Check(
            mebibytes < 16 ? .fail : .warn, purpose.rawValue, "\(path) has \(mebibytes) MiB free",
            advice: "make room; 'quantctl prune' shows which old results could go")
    }
}
