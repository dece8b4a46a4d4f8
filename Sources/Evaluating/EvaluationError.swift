public import ModelFormat

/// Why two twins cannot be compared.
public enum EvaluationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A file of samples is none, or does not fit the model; `file` is its name.
    case samples(file: String, clause: String)
    /// A file of samples cannot be read.
    case format(FormatError)
    /// No inputs can be made for the model.
    case inputs(clause: String)
    /// The networks are no twins.
    case twins(clause: String)

    public var description: String {
        switch self {
        case .samples(let file, let clause): "\(file): \(clause)"
        case .format(let error): error.description
        case .inputs(let clause), .twins(let clause): clause
        }
    }
}
