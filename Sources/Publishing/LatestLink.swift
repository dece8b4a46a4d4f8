import SystemPackage
import Vocabulary

/// The symbolic link `latest` in a model's folder.
struct LatestLink {
    let path: FilePath
    private let disk: Disk

    init(in folder: FilePath, disk: Disk) {
        path = folder.appending(ModelFolder.latest)
        self.disk = disk
    }

    /// What the link says; nil where there is none. Refuses what is no link: someone else put it there.
    func target() throws(PublishingError) -> String? {
        switch try disk.entry(at: path) {
        case nil: return nil
        case .link: return try disk.target(of: path).string
        case .file, .folder, .other: throw PublishingError(.foreign, at: path)
        }
    }

    /// Lets the link say `target`, by one rename, so that a reader finds the old or the new one; removes it for nil.
    func point(to target: String?) throws(PublishingError) {
        if let target {
            let temporary = path.removingLastComponent().appending(TemporaryName.fresh(for: ModelFolder.latest))
            try disk.link(temporary, to: target)
            do {
                try disk.rename(temporary, to: path)
            } catch {
                // A link that stays under its hidden name misleads no one; the sweep takes it.
                try? disk.remove(temporary)
                throw error
            }
        } else {
            try disk.remove(path)
        }
        try disk.sync(path.removingLastComponent())
    }
}
