public import SystemPackage
import Vocabulary

/// Why a model file cannot be used: the place and a clause with the numbers.
public struct FormatError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where in the file.
    public enum Place: Hashable, Sendable {
        /// A line of a text file, from 1.
        case line(Int)
        /// A byte offset of a binary file, from 0.
        case byte(Int)
        /// The file as a whole.
        case whole
    }

    /// The file's name, as the caller gave it.
    public let file: String
    public let place: Place
    /// The layer's name, where one is concerned.
    public let layer: String?
    /// One lower-case clause.
    public let clause: String
    /// What the system said where the file could not be read; nil where it is the content that is wrong.
    public let code: Errno?

    public init(file: String, _ place: Place, layer: String? = nil, _ clause: String, code: Errno? = nil) {
        self.file = file
        self.place = place
        self.layer = layer
        self.clause = clause
        self.code = code
    }

    /// The disk, the network or this process is at fault, not the file: the same can succeed later.
    public var isBlocked: Bool { code.map(Self.blocking.contains) ?? false }

    private static let blocking: Set<Errno> = [
        .ioError, .staleNFSFileHandle, .timedOut, .noMemory, .tooManyOpenFiles, .tooManyOpenFilesInSystem,
    ]

    public var description: String {
        let position =
            switch place {
            case .line(let line): "\(file):\(line)"
            case .byte(let byte): "\(file) at byte \(byte)"
            case .whole: file
            }
        let subject = layer.map { "layer \($0): " } ?? ""
        // What a file holds may stand in a clause, and is shown on terminals and kept in a ledger whose texts end at a zero byte.
        return "\(position): \(subject)\(clause)".harmless
    }
}
