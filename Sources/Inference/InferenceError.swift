public import ModelFormat

/// Why a model cannot be built or run.
public enum InferenceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Layer types without an operator, each once, in the order of their first layers.
    case unsupported(types: [String], file: String)
    /// The files do not make a model.
    case format(FormatError)
    /// A layer cannot be built, or its bottoms do not fit it.
    case layer(name: String, type: String, clause: String)
    /// A blob that was given or asked for is not there.
    case blob(name: String, clause: String)

    public var description: String {
        switch self {
        case .unsupported(let types, let file):
            "\(file): no operator for layer type\(types.count == 1 ? "" : "s") \(types.joined(separator: ", "))"
        case .format(let error): error.description
        case .layer(let name, let type, let clause): "layer \(name) (\(type)): \(clause)"
        case .blob(let name, let clause): "blob \(name): \(clause)"
        }
    }
}
