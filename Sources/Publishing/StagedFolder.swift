public import SystemPackage
public import Vocabulary

/// A run folder that is being filled under a hidden name.
///
/// It ends in `commit` or in `discard`; one that is merely forgotten is discarded. A file is either written by `write`,
/// or by someone else at `path(of:)` and then announced by `adopt`. What nobody announced is not published.
public struct StagedFolder: ~Copyable, Sendable {
    /// The hidden folder.
    public let path: FilePath
    /// The folder's final name.
    public let destination: FilePath
    /// The model's folder and those above it, up to the output folder.
    private let ancestors: [FilePath]
    private let disk: Disk
    private var announced: [String: Announcement] = [:]

    private struct Announcement {
        let length: Int64
        /// nil where the file has to be read for it.
        let digest: ArtifactDigest?
        /// The digest is that of the very bytes this room wrote or read.
        let isRead: Bool
    }

    init(path: FilePath, destination: FilePath, ancestors: [FilePath], disk: Disk) {
        self.path = path
        self.destination = destination
        self.ancestors = ancestors
        self.disk = disk
    }

    deinit {
        // After a commit there is nothing left here. Otherwise a remainder harms no reader: its name is hidden, and the
        // sweep at the next start takes it.
        try? disk.removeTree(path)
    }

    /// Where a file of this name is to be written by someone else.
    public func path(of name: String) throws(PublishingError) -> FilePath {
        if let why = Self.objection(to: name) {
            throw PublishingError(.badFileName(why), at: destination.appending(name))
        }
        return path.appending(name)
    }

    /// Writes a file of the run.
    public mutating func write(_ name: String, _ bytes: [UInt8]) throws(PublishingError) {
        try disk.write(bytes, to: try path(of: name))
        announced[name] = Announcement(length: Int64(bytes.count), digest: .init(of: bytes), isRead: true)
    }

    /// Copies a file of another run, whose length and content must be what they were.
    public mutating func copy(
        _ name: String, from source: FilePath, length: Int64, _ digest: ArtifactDigest?
    ) throws(PublishingError) {
        try disk.copy(source, to: try path(of: name))
        try adopt(name, length: length, digest: digest)
    }

    /// Announces a file that someone else has written, or will have written before `commit`.
    ///
    /// - Parameters:
    ///   - length: The bytes it must have then.
    ///   - digest: What its content must be then, where that is known.
    public mutating func adopt(
        _ name: String, length: Int64, digest: ArtifactDigest? = nil
    ) throws(PublishingError) {
        _ = try path(of: name)
        announced[name] = Announcement(length: length, digest: digest, isRead: false)
    }

    /// Reads a file that someone else has written, and announces it as what it is now.
    ///
    /// For what has to be known of it before the folder is committed; it is not read again then.
    public mutating func measure(
        _ name: String
    ) throws(PublishingError) -> (digest: ArtifactDigest, length: Int64) {
        let found = try disk.digest(of: try path(of: name))
        announced[name] = Announcement(length: found.length, digest: found.digest, isRead: true)
        return found
    }

    /// Gives the folder its final name, and flips `latest` to it.
    ///
    /// Everything is on the disk itself before a name appears: without that, a power cut can leave an empty file under
    /// a final name. Where this throws, nothing has appeared: what was renamed already is renamed back, and `latest`
    /// says what it said. Only where that fails too, on a disk that has gone altogether, a whole folder may stay under
    /// its final name; `Publisher.withdraw` or the next sweep takes it.
    public consuming func commit() throws(PublishingError) -> PublishedFolder {
        var digests = try checkedDigests()
        let sums = Array(Checksums.text(digests.mapValues(\.digest)).utf8)
        try disk.write(sums, to: path.appending(Checksums.fileName))
        digests[Checksums.fileName] = (.init(of: sums), Int64(sums.count))

        for name in digests.keys.sorted() { try disk.sync(path.appending(name)) }
        try disk.sync(path)

        let modelFolder = destination.removingLastComponent()
        let latest = LatestLink(in: modelFolder, disk: disk)
        let before = try latest.target()
        // rename(2) replaces an empty folder, so a look comes first.
        guard try disk.entry(at: destination) == nil else { throw PublishingError(.runExists, at: destination) }
        try disk.rename(path, to: destination)
        do {
            // The folders above may be new too, and then their own names are not on the disk yet.
            for folder in ancestors { try disk.sync(folder) }
            try latest.point(to: destination.lastComponent?.string ?? "")
        } catch {
            undo(latest, before)
            throw error
        }
        let files = digests.sorted { $0.key < $1.key }.map { name, found in
            PublishedFolder.File(path: destination.appending(name), length: found.length, digest: found.digest)
        }
        return PublishedFolder(path: destination, files: files)
    }

    /// Removes the folder and all in it.
    public consuming func discard() throws(PublishingError) {
        try disk.removeTree(path)
    }

    /// Compares what lies in the folder with what was announced.
    private func checkedDigests() throws(PublishingError) -> [String: (digest: ArtifactDigest, length: Int64)] {
        for name in try disk.list(path) where announced[name.string] == nil {
            throw PublishingError(.unannounced, at: path.appending(name))
        }
        var digests: [String: (digest: ArtifactDigest, length: Int64)] = [:]
        for (name, announcement) in announced.sorted(by: { $0.key < $1.key }) {
            let place = path.appending(name)
            let entry = try disk.entry(at: place)
            let found: Int64
            switch entry {
            case .file(let length): found = length
            case nil: throw PublishingError(.system(operation: "find", code: .noSuchFileOrDirectory), at: place)
            case .folder, .link, .other: throw PublishingError(.badFileName("it is no regular file"), at: place)
            }
            guard found == announcement.length else {
                throw PublishingError(.length(wanted: announcement.length, found: found), at: place)
            }
            if announcement.isRead, let digest = announcement.digest {
                digests[name] = (digest, found)
                continue
            }
            // The sums are to say what lies here, not what someone meant to write: so the file is read in any case.
            let read = try disk.digest(of: place)
            guard read.length == found else {
                throw PublishingError(.length(wanted: found, found: read.length), at: place)
            }
            if let wanted = announcement.digest, wanted != read.digest {
                throw PublishingError(.digest(wanted: wanted, found: read.digest), at: place)
            }
            digests[name] = read
        }
        return digests
    }

    /// Takes the final name back. The order matters: `latest` leaves the folder first, and is known to be on the disk,
    /// before the folder's name goes; so it dangles at no moment, not even after a power cut.
    private func undo(_ latest: LatestLink, _ before: String?) {
        do {
            if try latest.target() != before { try latest.point(to: before) }
            try disk.rename(destination, to: path)
        } catch {
            // The disk is failing for good. The folder that stays is whole, and the caller hears of the first failure.
        }
    }

    private static func objection(to name: String) -> String? {
        if name == Checksums.fileName { return "the publisher writes it" }
        if name.isEmpty || name.contains("/") || name.utf8.contains(0) { return "it is no plain file name" }
        if name.hasPrefix(".") { return "it is hidden" }
        // NAME_MAX of linux/limits.h. A file system with a smaller one says so itself.
        if name.utf8.count > 255 { return "it has \(name.utf8.count) bytes, a file name has 255 at most" }
        return nil
    }
}
