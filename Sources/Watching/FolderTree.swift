import SystemPackage

/// What tells one folder from another, whatever its path.
struct FolderIdentity: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64
}

/// The folders that are watched, by watch descriptor and never by path alone: events name a descriptor, and a path may
/// stand for another folder by the time an event is read.
///
/// A folder keeps its place for as long as it is in the tree. One that was moved is forgotten and entered anew.
struct FolderTree {
    /// A watch descriptor; negative for a folder without a watch.
    typealias ID = Int32

    struct Folder {
        /// nil for the root.
        let parent: ID?
        /// nil for the root.
        let name: FilePath.Component?
        let path: FilePath
        let identity: FolderIdentity
        fileprivate(set) var children: [FilePath.Component: ID] = [:]
    }

    private var folders: [ID: Folder] = [:]
    private(set) var root: ID?
    private var lastUnwatched: ID = 0

    var count: Int { folders.count }

    subscript(id: ID) -> Folder? { folders[id] }

    /// The folder at a path; nil where it is not in the tree.
    func folder(at path: FilePath) -> ID? {
        guard var id = root, let top = folders[id]?.path else { return nil }
        var rest = path
        guard rest.removePrefix(top) else { return nil }
        for name in rest.components {
            guard let next = folders[id]?.children[name] else { return nil }
            id = next
        }
        return id
    }

    /// A fresh ID for a folder that has no watch.
    mutating func unwatchedID() -> ID {
        lastUnwatched -= 1
        return lastUnwatched
    }

    mutating func insertRoot(_ id: ID, path: FilePath, identity: FolderIdentity) {
        folders = [id: Folder(parent: nil, name: nil, path: path, identity: identity)]
        root = id
    }

    mutating func insert(_ id: ID, in parent: ID, name: FilePath.Component, identity: FolderIdentity) {
        guard let upper = folders[parent] else { return }
        folders[parent]?.children[name] = id
        folders[id] = Folder(parent: parent, name: name, path: upper.path.appending(name), identity: identity)
    }

    /// Takes a folder and all below it out, and returns their IDs.
    mutating func remove(_ id: ID) -> [ID] {
        guard let folder = folders[id] else { return [] }
        if let parent = folder.parent, let name = folder.name, folders[parent]?.children[name] == id {
            folders[parent]?.children[name] = nil
        }
        if id == root { root = nil }
        var removed: [ID] = []
        var rest = [id]
        while let next = rest.popLast() {
            guard let folder = folders.removeValue(forKey: next) else { continue }
            removed.append(next)
            rest.append(contentsOf: folder.children.values)
        }
        return removed
    }
}
