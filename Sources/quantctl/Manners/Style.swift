import Ledger
import Vocabulary

/// How a word stands out on a terminal that has colours. A meaning, not a colour: whoever reads without colours loses
/// nothing, because the words say the same.
enum Style: Hashable, Sendable {
    case plain
    case good
    case warning
    case bad
    case busy
    /// What matters less than what stands around it.
    case faint
    case strong

    /// SGR parameters of ECMA-48; nil for none. The eight basic colours, which people set to what they can read.
    var code: String? {
        switch self {
        case .plain: nil
        case .good: "32"
        case .warning: "33"
        case .bad: "31"
        case .busy: "36"
        case .faint: "2"
        case .strong: "1"
        }
    }
}

extension RunStatus {
    /// The word, as it stands out in tables.
    var phrase: Phrase { Phrase(rawValue, style) }

    private var style: Style {
        switch self {
        case .queued: .plain
        case .running: .busy
        case .published, .cached: .good
        case .rejected, .failed: .bad
        }
    }
}

extension Verdict {
    /// The word, as it stands out in tables.
    var phrase: Phrase { Phrase(rawValue, style) }

    private var style: Style {
        switch self {
        case .passed: .good
        case .warned: .warning
        case .failed: .bad
        }
    }
}
