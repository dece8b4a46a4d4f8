import Foundation
public import SystemPackage

/// What the kernel allows.
public struct Limits: Hashable, Sendable {
    /// Folders that one user may watch; nil where the kernel does not say.
    public let watches: Int?
    /// Watchers that one user may have.
    public let instances: Int?
    /// Files that the daemon may have open.
    public let openFiles: Int?

    public init(watches: Int?, instances: Int?, openFiles: Int?) {
        self.watches = watches
        self.instances = instances
        self.openFiles = openFiles
    }

    /// The limits now.
    ///
    /// - Parameter process: the daemon's; nil where it does not run, then this process's own count.
    public init(process: Int?) {
        self.init(
            watches: Self.number("/proc/sys/fs/inotify/max_user_watches"),
            instances: Self.number("/proc/sys/fs/inotify/max_user_instances"),
            openFiles: Self.openFiles(process.map(String.init) ?? "self"))
    }

    private static func number(_ path: String) -> Int? {
        (try? String(contentsOfFile: path, encoding: .utf8)).flatMap { Int($0.filter(\.isNumber)) }
    }

    /// The soft limit of the line `Max open files  1024  524288  files` (proc_pid_limits(5)).
    private static func openFiles(_ process: String) -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/limits", encoding: .utf8) else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix("Max open files") }
        return line.flatMap { $0.split(separator: " ").dropFirst(3).first }.flatMap { Int($0) }
    }

    /// - Parameter folders: how many folders there are to watch; nil where that is not known.
    public func checks(folders: Int?) -> [Check] {
        var checks: [Check] = []
        if let watches, let folders {
            let finding = "\(folders) of \(watches) folders that a user may watch"
            checks.append(
                folders * 2 < watches
                    ? Check(.ok, "inotify", finding)
                    : Check(
                        .warn, "inotify", "\(finding); beyond that, folders are only scanned",
                        advice:
                            "sysctl fs.inotify.max_user_watches=\(max(folders * 4, 65_536)), and a file in /etc/sysctl.d"
                    ))
        }
        if let instances, instances < 16 {
            checks.append(
                Check(
                    .warn, "inotify", "a user may have \(instances) watchers, quantd needs 2",
                    advice: "sysctl fs.inotify.max_user_instances=128, and a file in /etc/sysctl.d"))
        }
        if let openFiles {
            checks.append(
                openFiles >= 256
                    ? Check(.ok, "open files", "\(openFiles) may be open")
                    : Check(
                        .warn, "open files", "only \(openFiles) may be open",
                        advice: "LimitNOFILE=1024 in the unit, or ulimit -n 1024"))
        }
        return checks
    }

    /// The folders at and below a path, links not followed, as far as they may be listed.
    public static func folders(below path: FilePath) -> Int {
        let keys: [URLResourceKey] = [.isDirectoryKey, .isSymbolicLinkKey]
        let walk = FileManager.default.enumerator(
            at: URL(fileURLWithPath: path.string), includingPropertiesForKeys: keys, options: [.skipsHiddenFiles])
        var count = 1
        while let next = walk?.nextObject() as? URL {
            let values = try? next.resourceValues(forKeys: Set(keys))
            if values?.isDirectory == true, values?.isSymbolicLink != true { count += 1 }
        }
        return count
    }
}
