import Vocabulary

/// Which models lie in which folder, so that a vanished folder costs what lay below it and not all that is known.
struct FolderIndex: Sendable {
    private struct Content {
        var models: Set<ModelName> = []
        var folders: Set<FolderBytes> = []
    }

    /// By path relative to the root; every folder but the root is listed in the one above it.
    private var contents: [FolderBytes: Content] = [:]

    mutating func insert(_ model: ModelName, in folder: FolderBytes) {
        contents[folder, default: Content()].models.insert(model)
        var lower = folder
        while !lower.isEmpty {
            let upper = Self.upper(lower)
            guard contents[upper, default: Content()].folders.insert(lower).inserted else { return }
            lower = upper
        }
    }

    mutating func remove(_ model: ModelName, from folder: FolderBytes) {
        contents[folder]?.models.remove(model)
        var lower = folder
        while let content = contents[lower], content.models.isEmpty, content.folders.isEmpty {
            contents[lower] = nil
            guard !lower.isEmpty else { return }
            let upper = Self.upper(lower)
            contents[upper]?.folders.remove(lower)
            lower = upper
        }
    }

    private static func upper(_ folder: FolderBytes) -> FolderBytes {
        folder.lastIndex(of: UInt8(ascii: "/")).map { Array(folder[..<$0]) } ?? []
    }

    /// All models in `folder` and in the folders below it, in name order.
    func models(below folder: FolderBytes) -> [ModelName] {
        var found: [ModelName] = []
        var folders = [folder]
        while let next = folders.popLast() {
            guard let content = contents[next] else { continue }
            found.append(contentsOf: content.models)
            folders.append(contentsOf: content.folders)
        }
        return found.sorted()
    }
}
