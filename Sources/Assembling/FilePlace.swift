import SystemPackage
import Vocabulary

/// What a file is to the model whose name it bears.
enum FileRole: Hashable, CaseIterable {
    case param, bin, table, settings
    /// ncnn's binary form of the `.param`, which has no place in a triple.
    case binaryParam
}

/// Which model a file belongs to, and as what.
struct FilePlace {
    let name: ModelName
    let role: FileRole
    /// The folder it lies in, relative to the watched folder; empty for the watched folder itself.
    let folder: FolderBytes

    /// Endings and their meaning; the first that fits counts, so `x.param.bin` is never the weights of `x.param`.
    private static let endings: [(ending: [UInt8], role: FileRole)] = [
        (Array(".param.bin".utf8), .binaryParam),
        (Array(".param".utf8), .param),
        (Array(".bin".utf8), .bin),
        (Array(".table".utf8), .table),
        (Array(".toml".utf8), .settings),
    ]

    /// Folders of this ending hold the inputs of a model; what lies below them is no model.
    private static let inputFolders = [Array(".eval".utf8), Array(".calib".utf8)]

    /// nil where the path is not below `root` or its name belongs to no model.
    init?(_ path: FilePath, below root: FolderBytes) {
        guard let relative = path.bytes(below: root), !relative.isEmpty else { return nil }
        let slash = relative.lastIndex(of: UInt8(ascii: "/"))
        let file = relative[(slash.map { $0 + 1 } ?? relative.startIndex)...]
        guard let row = Self.endings.first(where: { file.count > $0.ending.count && file.ends(in: $0.ending) }) else {
            return nil
        }
        folder = Array(relative[..<(slash ?? relative.startIndex)])
        let holdsInputs = folder.split(separator: UInt8(ascii: "/")).contains { component in
            Self.inputFolders.contains { component.ends(in: $0) }
        }
        guard !holdsInputs else { return nil }
        name = ModelName(escaping: FilePath(bytes: relative.dropLast(row.ending.count)))
        role = row.role
    }
}

/// A folder's path as bytes. Events come by the hundred thousand, and `FilePath` checks and normalises itself at each
/// step; a name is bytes anyway.
typealias FolderBytes = [UInt8]

extension FilePath {
    init(bytes: some Sequence<UInt8>) {
        let characters = bytes.map(CChar.init(bitPattern:)) + [0]
        self = characters.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map(FilePath.init(platformString:)) ?? FilePath()
        }
    }

    var bytes: [UInt8] {
        withPlatformString { pointer in
            UnsafeBufferPointer(start: pointer, count: length).map(UInt8.init(bitPattern:))
        }
    }

    /// The rest of the path below `folder`, empty for the folder itself; nil where it does not lie there.
    func bytes(below folder: FolderBytes) -> ArraySlice<UInt8>? {
        let bytes = bytes
        guard bytes.starts(with: folder) else { return nil }
        let rest = bytes.dropFirst(folder.count)
        guard let next = rest.first, folder.last != UInt8(ascii: "/") else { return rest }
        return next == UInt8(ascii: "/") ? rest.dropFirst() : nil
    }
}

extension BidirectionalCollection<UInt8> {
    fileprivate func ends(in ending: [UInt8]) -> Bool {
        suffix(ending.count).elementsEqual(ending)
    }
}
