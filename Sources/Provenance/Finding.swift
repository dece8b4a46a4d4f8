public import Ledger
public import SystemPackage
public import Vocabulary

/// Something that is not as the ledger says.
public struct Finding: Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Problem: Hashable, Sendable {
        case missing
        /// The file is there and cannot be read, because of this.
        case unreadable(String)
        /// The file has other bytes.
        case changed(wanted: ArtifactDigest, found: ArtifactDigest)
        /// Nobody published this.
        case stray
        /// A signature was asked for, and there is none.
        case unsigned
        /// The signature is not that of the key's owner over the statement that lies here.
        case wrongSignature
    }

    public let run: Int
    public let model: ModelName
    /// nil for what no run made.
    public let role: ArtifactRole?
    public let path: FilePath
    public let problem: Problem

    /// A word that programs can count.
    public var code: String {
        switch problem {
        case .missing: "missing"
        case .unreadable: "unreadable"
        case .changed: "changed"
        case .stray: "stray"
        case .unsigned: "unsigned"
        case .wrongSignature: "wrong-signature"
        }
    }

    public var description: String {
        switch problem {
        case .missing: "\(path) is missing"
        case .unreadable(let clause): "\(path) \(clause)"
        case .changed(let wanted, let found): "\(path) has the SHA-256 \(found), wanted \(wanted)"
        case .stray: "\(path) was not published by run \(run)"
        case .unsigned: "\(path) is not signed"
        case .wrongSignature: "\(path) is not the signature of this key over the statement beside it"
        }
    }
}
