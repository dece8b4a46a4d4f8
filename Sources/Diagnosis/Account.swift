import Foundation
import Glibc
public import SystemPackage

/// A user as the kernel sees one who opens files: a number and groups.
public struct Account: Hashable, Sendable {
    /// What is to be done with a folder or file.
    public struct Access: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let enter = Access(rawValue: 1)
        public static let write = Access(rawValue: 2)
        public static let read = Access(rawValue: 4)
    }

    public let user: UInt32
    public let groups: Set<UInt32>

    public init(user: UInt32, groups: Set<UInt32>) {
        self.user = user
        self.groups = groups
    }

    /// Who asks.
    public static var current: Account {
        var groups = [gid_t](repeating: 0, count: Int(max(0, getgroups(0, nil))))
        let count = getgroups(CInt(groups.count), &groups)
        return Account(user: geteuid(), groups: Set(groups.prefix(Int(max(0, count))) + [getegid()]))
    }

    /// The user of this number with the groups that the system's databases give; without them for one that they do not know.
    public init(user: UInt32) {
        guard let entry = getpwuid(user) else {
            self.init(user: user, groups: [])
            return
        }
        let primary = entry.pointee.pw_gid
        var count: CInt = 1024
        var groups = [gid_t](repeating: 0, count: Int(count))
        // A user with more groups than these gets the first of them.
        if getgrouplist(entry.pointee.pw_name, primary, &groups, &count) < 0 { count = CInt(groups.count) }
        self.init(user: user, groups: Set(groups.prefix(Int(max(0, count))) + [primary]))
    }

    /// The user as whom a process runs, with the groups that it has; nil where there is no such process.
    public init?(process: Int) {
        let path = FilePath("/proc/\(process)")
        guard let owner = Account(ownerOf: path) else { return nil }
        let text = (try? String(contentsOfFile: "\(path)/status", encoding: .utf8)) ?? ""
        // proc_pid_status(5): "Gid: real effective saved file-system", "Groups: …".
        let groups = text.split(separator: "\n").filter { $0.hasPrefix("Gid:") || $0.hasPrefix("Groups:") }.flatMap {
            $0.split(whereSeparator: \.isWhitespace).dropFirst().compactMap { UInt32($0) }
        }
        self = groups.isEmpty ? owner : Account(user: owner.user, groups: Set(groups))
    }

    /// The user to whom a file belongs; nil where there is none.
    public init?(ownerOf path: FilePath) {
        var status = stat()
        guard path.withPlatformString({ stat($0, &status) }) == 0 else { return nil }
        self.init(user: status.st_uid)
    }

    /// The user's name, or the number where the system knows no name.
    public var name: String {
        getpwuid(user).map { String(cString: $0.pointee.pw_name) } ?? "uid \(user)"
    }

    /// Where a path stops this user: the first part of it whose permissions do not allow what is needed; nil where all do.
    ///
    /// Goes by owner, group and mode as open(2) does. Access control lists and what a service manager forbids are not
    /// seen.
    public func obstacle(to access: Access, at path: FilePath) -> FilePath? {
        var place = FilePath(root: path.root)
        let parts = Array(path.components)
        for index in parts.indices {
            if !may(.enter, at: place) { return place }
            place.append(parts[index])
        }
        return may(access, at: place) ? nil : place
    }

    private func may(_ access: Access, at path: FilePath) -> Bool {
        var status = stat()
        guard path.withPlatformString({ stat($0, &status) }) == 0 else { return false }
        // The superuser passes, but for files that nobody may execute, which do not occur here.
        if user == 0 { return true }
        let shift: UInt32 = status.st_uid == user ? 6 : groups.contains(status.st_gid) ? 3 : 0
        return Access(rawValue: (status.st_mode >> shift) & 7).isSuperset(of: access)
    }
}
