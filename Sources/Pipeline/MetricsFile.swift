import Foundation
import Glibc
import Metrics
import SystemPackage

/// The page for Prometheus and the file that it is in: replaced by one rename, when something has changed, every few seconds
/// at most.
struct MetricsFile {
    var page = MetricsPage()
    /// Where it lies; nil for nowhere.
    let path: FilePath?
    /// When it is to be written next; nil while nothing has changed.
    private(set) var nextWrite: Duration?
    /// Whether it could not be written the last time.
    private(set) var failure: String?

    private var written: MetricsPage?
    private var lastWrite: Duration?

    /// At most so often is it written.
    private static let pause = Duration.seconds(5)

    init(_ path: FilePath?) {
        self.path = path
    }

    /// The same page in another file.
    func moved(to path: FilePath?) -> MetricsFile {
        var file = MetricsFile(path)
        file.page = page
        return file
    }

    /// Writes what has changed, unless it was written a moment ago.
    mutating func writeIfDue(at now: Duration) {
        guard let path, page != written else { return }
        if let lastWrite, now < lastWrite + Self.pause {
            nextWrite = lastWrite + Self.pause
            return
        }
        (lastWrite, nextWrite, written) = (now, nil, page)
        failure = Self.replace(path, with: page.text)
    }

    /// - Returns: Why that failed; nil where it did not.
    private static func replace(_ path: FilePath, with text: String) -> String? {
        let temporary = FilePath(path.string + ".tmp")
        do {
            let file = try FileDescriptor.open(
                temporary, .writeOnly, options: [.create, .truncate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try file.closeAfter {
                _ = try file.writeAll(text.utf8)
                // The collector is another user's, whatever the daemon's umask is.
                if fchmod(file.rawValue, 0o644) != 0 { throw Errno(rawValue: errno) }
            }
            let isRenamed = temporary.withPlatformString { from in
                path.withPlatformString { rename(from, $0) == 0 }
            }
            guard isRenamed else { throw Errno(rawValue: errno) }
            return nil
        } catch {
            return "\(path) cannot be written: \(String(describing: error).lowercased())"
        }
    }
}

extension MetricsPage.Disk {
    /// How full the file system of a folder is; nil where it cannot be asked.
    init?(_ name: String, _ folder: FilePath) {
        var status = statvfs()
        guard folder.withPlatformString({ statvfs($0, &status) }) == 0 else { return nil }
        let block = Double(status.f_frsize)
        self.init(folder: name, free: Double(status.f_bavail) * block, size: Double(status.f_blocks) * block)
    }
}
