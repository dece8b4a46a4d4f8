/// Why a tensor cannot be made or read: one clause with the numbers.
public struct TensorError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One lower-case clause.
    public let clause: String

    public init(_ clause: String) {
        self.clause = clause
    }

    public var description: String { clause }
}
