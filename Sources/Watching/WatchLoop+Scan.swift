import SystemPackage

extension WatchLoop {
    /// Begins to list everything, or finds that there is no root.
    func beginScan() {
        isScanWanted = false
        do {
            let folder = try OpenFolder(root, followingLink: true)
            if let known = tree.root, tree[known]?.identity != folder.identity { closeTree() }
        } catch {
            loseRoot(error)
            return
        }
        rootRetry = timing.rootRetry
        resolvedRoot = root.resolved()
        openAccess()
        for path in unreadable.keys { unreadable[path]?.isMet = false }
        scan = Scan()
        report(.scanning)
        visits = [Visit(place: nil, isFull: true)]
    }

    /// Lists a piece, goes on to the next folder, or ends the full listing.
    func step() {
        if listing != nil {
            listPiece()
        } else if let visit = visits.popLast() {
            enter(visit)
        } else if scan?.isDrained == false {
            // A file that was moved from a folder not yet listed into one that was is told by an event alone.
            scan?.isDrained = true
        } else {
            endScan()
        }
    }

    private func endScan() {
        guard let scan else { return }
        self.scan = nil
        switch access {
        case .closed: break
        case .inotify:
            report(mode: .inotify)
            nextScan = .now + timing.rescan
        case .polling(let reason, _):
            report(mode: .polling(reason))
            nextScan = .now + timing.poll
            tree = FolderTree()
        }
        guard scan.isComplete else { return }
        unreadable = unreadable.filter { $0.value.isMet }
        report(.scanned)
    }

    // MARK: Folders

    /// Watches a folder, then lists it: what came before the watch is found by the listing, what comes after it is told
    /// by an event.
    private func enter(_ visit: Visit) {
        if let place = visit.place, tree[place.parent] == nil { return }
        let path = visit.place.flatMap { place in tree[place.parent]?.path.appending(place.name) } ?? root
        let folder: OpenFolder
        do {
            folder = try OpenFolder(path, followingLink: visit.place == nil)
        } catch {
            fail(visit, path, error)
            return
        }
        guard visit.place == nil || !excluded.contains(folder.identity) else { return }
        do {
            guard let watch = try watch(folder) else { return }
            register(watch, folder, visit, path)
        } catch {
            fail(visit, path, error)
        }
    }

    /// The folder's watch descriptor, or an ID without a watch where the tree is polled. nil where the way of access had
    /// to be changed, so that everything begins anew.
    private func watch(_ folder: OpenFolder) throws(Errno) -> FolderTree.ID? {
        guard case .inotify(let inotify) = access else { return tree.unwatchedID() }
        if !localDevices.contains(folder.identity.device) {
            if let type = kernel.mounts().remoteType(of: folder.identity.device) {
                fallBack(.networkFileSystem(type))
                return nil
            }
            localDevices.insert(folder.identity.device)
        }
        do {
            return try inotify.watch(folder)
        } catch .noSpace, .noMemory {
            fallBack(.watchLimit(folders: tree.count))
        } catch .permissionDenied, .notPermitted {
            throw .permissionDenied
        } catch {
            fallBack(.noInotify(error))
        }
        return nil
    }

    /// Puts a watched folder to its place in the tree, and lists it where that has not been done.
    private func register(_ watch: FolderTree.ID, _ folder: OpenFolder, _ visit: Visit, _ path: FilePath) {
        let known = visit.place.map { tree[$0.parent]?.children[$0.name] } ?? tree.root
        var id = watch
        if let known, known != watch {
            // The folder was replaced by another one. A full listing says by itself what is there.
            if visit.isFull { drop(known) } else { forget(known) }
        } else if known == nil, let other = tree[watch] {
            if Entry(at: other.path) == .folder(folder.identity) {
                // A bind mount shows one folder in two places, but it has only one watch: here the listing must do.
                id = tree.unwatchedID()
            } else {
                // It was moved here, and the event that says so is still to come. A new watch keeps the events of its
                // old place apart from those of the new one.
                forget(watch)
                guard let again = try? self.watch(folder) else { return miss() }
                id = again
            }
        }
        let isNew = known != id
        if isNew {
            if let place = visit.place {
                tree.insert(id, in: place.parent, name: place.name, identity: folder.identity)
            } else {
                tree.insertRoot(id, path: root, identity: folder.identity)
            }
        }
        if isNew || visit.isFull {
            listing = Listing(id: id, folder: folder, isFull: visit.isFull)
        }
    }

    private func listPiece() {
        guard var listing else { return }
        self.listing = nil
        guard let path = tree[listing.id]?.path else { return }
        do {
            for _ in 0..<Self.listingPiece {
                guard let name = try listing.folder.next() else {
                    finish(listing)
                    return
                }
                if tree[listing.id]?.children[name] != nil { listing.found.insert(name) }
                if !look(at: name, in: listing.id, .listing(isFull: listing.isFull)) { listing.isReadable = false }
            }
            self.listing = listing
        } catch {
            scan?.isComplete = false
            note(path, error)
        }
    }

    /// What was known of the folder and is not there any more is forgotten.
    private func finish(_ listing: Listing) {
        guard let folder = tree[listing.id] else { return }
        if listing.isReadable { unreadable[folder.path] = nil }
        for name in folder.children.keys where !listing.found.contains(name) {
            look(at: name, in: listing.id, .event)
        }
    }

    // MARK: What goes wrong

    private func fail(_ visit: Visit, _ path: FilePath, _ errno: Errno) {
        guard let place = visit.place else { return loseRoot(errno) }
        if let known = tree[place.parent]?.children[place.name] {
            if visit.isFull { drop(known) } else { forget(known) }
        }
        switch errno {
        case .noSuchFileOrDirectory, .notDirectory, .tooManySymbolicLinkLevels:
            // It went again; the event that says so is on its way.
            break
        default:
            miss(path, errno)
        }
    }

    /// Not all of a folder can be seen, for this reason.
    func miss(_ path: FilePath, _ errno: Errno) {
        if ![.permissionDenied, .notPermitted, .fileNameTooLong].contains(errno) {
            // Our own want of descriptors or memory, or a disk that fails: nothing below is therefore gone.
            scan?.isComplete = false
        }
        note(path, errno)
    }

    private func note(_ path: FilePath, _ errno: Errno) {
        if unreadable[path]?.errno != errno { report(.unreadable(path, errno)) }
        unreadable[path] = (errno, isMet: true)
    }

    /// There is no root, or none that can be listed. What was in it is not gone, it is out of sight.
    private func loseRoot(_ errno: Errno) {
        closeTree()
        report(mode: .rootMissing(errno))
        nextScan = .now + rootRetry
        rootRetry = min(rootRetry * 2, timing.rootRetryLimit)
    }

    /// Gives up all watches and all work on the way.
    func closeTree() {
        access = .closed
        tree = FolderTree()
        visits = []
        listing = nil
        scan = nil
    }

    private func openAccess() {
        if case .inotify = access { return }
        if case .polling(_, let retry) = access, .now < retry { return }
        do {
            access = .inotify(try Inotify(kernel))
        } catch {
            poll(error == .tooManyOpenFiles ? .instanceLimit : .noInotify(error))
        }
    }

    private func poll(_ reason: PollingReason) {
        access = .polling(reason, retry: .now + timing.rescan)
        report(mode: .polling(reason))
    }

    /// inotify cannot show all of the tree, so it is given up for all of it and the full listing begins anew.
    private func fallBack(_ reason: PollingReason) {
        closeTree()
        poll(reason)
        beginScan()
    }
}
