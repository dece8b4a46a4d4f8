extension Operators {
    /// Layers that sample blobs between their elements.
    static let resizingOperators: [OperatorType] = [
        OperatorType("GridSample") { try GridSample($0) },
        OperatorType("Interp") { try Interp($0) },
    ]
}
