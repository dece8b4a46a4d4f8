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
    /// - Parameter given: its scales; nil where they are those of the extents.
    mutating func add(_ walk: RowWalk, given: [Float]?, _ extents: RowExtents, _ errors: WeightErrors) {
        let weight = walk.weight.name
        scales[weight] = given ?? extents.scales
        self.errors.add(errors)
        obstacle = obstacle ?? extents.obstacle(in: weight, isScaleSource: given == nil)
        let dead = extents.deadRows
        guard dead > 0 else { return }
        deadChannels += dead
        notes.append("\(dead) of \(walk.rowCount) rows of \(weight) are all zero")
    }
}
