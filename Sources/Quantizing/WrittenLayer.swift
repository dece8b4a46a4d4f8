import Numerics
import Vocabulary

/// What was found in a layer's weights while they were written.
struct WrittenLayer {
    /// Bytes of the layer in the int8 twin.
    var byteCount = 0
    /// What quantizing its arrays cost.
    private(set) var errors = WeightErrors()
    /// The scales of its quantized arrays, by the weights' name.
    private(set) var scales: [String: [Float]] = [:]
    /// Rows that are all zero.
    private(set) var deadChannels = 0
    private(set) var notes: [String] = []
    /// Why the layer should not have become int8.
    private(set) var obstacle: FloatReason?

    /// Adds what was found in one quantized array.
    ///
    /// - Parameter areComputed: whether its scales follow from its weights.
    mutating func add(_ findings: ArrayFindings, in walk: RowWalk, scales: [Float], areComputed: Bool) {
        let weight = walk.weight.name
        self.scales[weight] = scales
        errors.add(findings.errors)
        obstacle = obstacle ?? findings.obstacle(in: weight, isScaleSource: areComputed)
        let dead = findings.deadRows
        guard dead > 0 else { return }
        deadChannels += dead
        notes.append("\(dead) of \(walk.rowCount) rows of \(weight) are all zero")
    }
}
