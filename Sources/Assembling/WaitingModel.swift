public import Vocabulary

/// A model that is not started or not finished, and what it waits for.
public struct WaitingModel: Hashable, Sendable, CustomStringConvertible {
    public let name: ModelName
    public let reason: WaitingReason

    public init(name: ModelName, reason: WaitingReason) {
        self.name = name
        self.reason = reason
    }

    public var description: String { "\(name) \(reason)" }
}

/// What a model waits for; its description is a lower-case clause that follows the model's name.
public enum WaitingReason: Hashable, Sendable, CustomStringConvertible {
    /// These files have not come.
    case missing([MissingFile])
    /// Everything is there; nothing may change until this time.
    case settling(until: Duration)
    /// Its bytes are being read.
    case inspecting
    /// The `.bin` is shorter than the `.param` says.
    case bytes(found: Int64, wanted: Int64, exact: Bool)
    /// Its run has started and not ended.
    case running
    /// What is there can never become a model; the text says what is needed instead.
    case unusable(String)

    public var description: String {
        switch self {
        case .missing(let files): "waits for " + files.map(\.description).joined(separator: " and ")
        case .settling: "waits until its files stay unchanged"
        case .inspecting: "is being inspected"
        case .bytes(let found, let wanted, let exact):
            "waits for \(exact ? "" : "about ")\(Self.difference(wanted, found)) more bytes of its .bin "
                + "(found \(found), wanted \(exact ? "" : "about ")\(wanted))"
        case .running: "is running"
        case .unusable(let text): text
        }
    }

    /// Both numbers come from files, so their difference may not trap.
    private static func difference(_ wanted: Int64, _ found: Int64) -> Int64 {
        let (difference, overflow) = wanted.subtractingReportingOverflow(found)
        return overflow ? .max : max(0, difference)
    }
}

/// A file that a model needs and that is not there.
public struct MissingFile: Hashable, Sendable, CustomStringConvertible {
    /// Which of the three.
    public enum Kind: Hashable, Sendable {
        case param, bin, table
    }

    public let kind: Kind
    /// The names that were looked for below the watched folder, the preferred one first.
    public let tried: [String]

    public init(kind: Kind, tried: [String]) {
        self.kind = kind
        self.tried = tried
    }

    public var description: String {
        let others = tried.dropFirst().joined(separator: ", ")
        return (tried.first ?? "\(kind)") + (others.isEmpty ? "" : " (or \(others))")
    }
}
