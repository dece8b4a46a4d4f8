public import Vocabulary

/// How people name a run: `17`, `vision/resnet18` (its latest), `vision/resnet18@17`, `vision/resnet18@-1` (the one before
/// its latest).
public enum RunReference: Hashable, Sendable, CustomStringConvertible {
    case number(Int)
    /// The latest run of a model. `name@latest` says the same, for a model whose own name reads like one of the others.
    case latest(ModelName)
    /// So many runs of the model before its latest; 1 or more.
    case before(ModelName, Int)
    /// This run, which must be one of this model.
    case numbered(ModelName, Int)

    public init(_ text: String) {
        if let number = Self.number(text) {
            self = .number(number)
            return
        }
        if let at = text.lastIndex(of: "@"), at != text.startIndex {
            let model = ModelName(String(text[..<at]))
            let end = String(text[text.index(after: at)...])
            if let number = Self.number(end) {
                self = .numbered(model, number)
                return
            }
            if end.first == "-", let steps = Self.number(String(end.dropFirst())), steps > 0 {
                self = .before(model, steps)
                return
            }
            if end == "latest" {
                self = .latest(model)
                return
            }
        }
        self = .latest(ModelName(text))
    }

    public var description: String {
        switch self {
        case .number(let number): "\(number)"
        case .latest(let model): model.text
        case .before(let model, let steps): "\(model)@-\(steps)"
        case .numbered(let model, let number): "\(model)@\(number)"
        }
    }

    private static func number(_ text: String) -> Int? {
        guard !text.isEmpty, text.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        return Int(text)
    }
}
