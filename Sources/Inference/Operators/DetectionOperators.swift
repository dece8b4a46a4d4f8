extension Operators {
    /// Regions and the last layers of detectors.
    static let detectionOperators: [OperatorType] = []
}
