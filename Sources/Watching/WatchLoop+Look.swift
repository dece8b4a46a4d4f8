import SystemPackage
import Vocabulary

extension WatchLoop {
    /// Why a name is looked at.
    enum Reason: Equatable {
        /// Something happened there, so what stood there before may be gone.
        case event
        /// The folder is being listed. What is not there any more need not be said.
        case listing(isFull: Bool)
    }

    /// A name in a watched folder.
    private struct Place: Hashable {
        let watch: FolderTree.ID
        let name: [UInt8]
    }

    func answer(_ events: [InotifyEvent]) {
        // All events were read before the first look, so one look answers all of a name.
        var looked: Set<Place> = []
        for event in events {
            for answer in event.mask.answers {
                switch answer {
                case .look:
                    if looked.insert(Place(watch: event.watch, name: event.name)).inserted,
                        let name = FilePath.Component(bytes: event.name)
                    {
                        look(at: name, in: event.watch, .event)
                    }
                case .recheck: recheck(event.watch)
                case .forget: forgetEnded(event.watch)
                case .rescan: miss()
                }
            }
        }
    }

    /// Reports what stands at a path now, because someone found something else there than was reported.
    func look(again path: FilePath) {
        guard hasRoom, let name = path.lastComponent, let folder = tree.folder(at: path.removingLastComponent()) else {
            // Where the folder is polled only a listing tells.
            isScanWanted = true
            return
        }
        look(at: name, in: folder, .event)
    }

    /// Reports what stands at a name now.
    ///
    /// - Returns: false where that cannot be told, which is said of the folder.
    @discardableResult
    func look(at name: FilePath.Component, in folder: FolderTree.ID, _ reason: Reason) -> Bool {
        guard !IgnoredNames.contains(name), let parent = tree[folder] else { return true }
        let path = parent.path.appending(name)
        guard !excluded.contains(path) else { return true }
        let known = parent.children[name]
        let entry = entry(at: path)
        switch entry {
        case .folder(let identity):
            // One that could not be read may be readable now: that is what the event is about.
            let isKnown =
                known.flatMap { tree[$0]?.identity } == identity && (reason != .event || unreadable[path] == nil)
            if reason != .listing(isFull: true), isKnown { return true }
            if let known, !isKnown { forget(known) }
            // A file may have stood where the folder stands now.
            if known == nil, reason == .event { report(.gone(path)) }
            visits.append(Visit(place: (folder, name), isFull: reason == .listing(isFull: true)))
        case .file(let identity):
            if let known { forget(known) }
            report(.seen(path, identity))
        case .link, .nothing, .unreachable:
            if let known {
                forget(known)
            } else if reason == .event {
                report(.gone(path))
            }
        }
        guard case .unreachable(let errno) = entry else { return true }
        miss(parent.path, errno)
        return false
    }

    /// What stands at a path, a link to a file of the watched folder taken for that file.
    private func entry(at path: FilePath) -> Entry {
        let entry = Entry(at: path)
        guard entry == .link else { return entry }
        guard let resolvedRoot, let target = path.resolved(), target.starts(with: resolvedRoot),
            !excluded.hold(resolved: target), let identity = FileIdentity(of: target)
        else { return .nothing }
        return .file(identity)
    }

    /// Forgets a folder that is no longer at its place, with all below it, and says so.
    func forget(_ id: FolderTree.ID) {
        guard let path = tree[id]?.path else { return }
        drop(id)
        report(.folderGone(path))
    }

    /// Ends the watches of a folder and of all below it.
    func drop(_ id: FolderTree.ID) {
        for removed in tree.remove(id) {
            if case .inotify(let inotify) = access { inotify.unwatch(removed) }
        }
    }

    private func recheck(_ id: FolderTree.ID) {
        guard let folder = tree[id] else { return }
        guard let parent = folder.parent, let name = folder.name else {
            isScanWanted = true
            return
        }
        if Entry(at: folder.path) != .folder(folder.identity) {
            forget(id)
            look(at: name, in: parent, .event)
        }
    }

    /// The kernel has ended this watch, since the folder was deleted or unmounted; or we have, and know it already.
    private func forgetEnded(_ id: FolderTree.ID) {
        guard let folder = tree[id] else { return }
        guard let parent = folder.parent, let name = folder.name else {
            closeTree()
            isScanWanted = true
            return
        }
        forget(id)
        // Another folder may stand there by now, even one with the same inode number.
        look(at: name, in: parent, .event)
    }
}

extension FilePath.Component {
    /// nil where the bytes are no single name.
    fileprivate init?(bytes: [UInt8]) {
        let characters = bytes.map(CChar.init(bitPattern:)) + [0]
        let component = characters.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.flatMap { FilePath.Component(platformString: $0) }
        }
        guard let component else { return nil }
        self = component
    }
}
