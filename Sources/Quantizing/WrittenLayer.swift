import Numerics
import Vocabulary

/// What was found in a layer's weights while they were written.
struct WrittenLayer {
    /// Bytes of the layer in the int8 twin.
    var byteCount = 0
    /// What quantizing its arrays cost.
    private(set) var errors = WeightErrors()
    /// Rows that are all zero.
    private(set) var deadChannels = 0
    private(set) var notes: [String] = []
    /// Why the layer should not have become int8.
    private(set) var obstacle: FloatReason?

    /// Adds what was found in one quantized array.
    mutating func add(_ errors: WeightErrors, _ extents: RowExtents, of walk: RowWalk) {
        self.errors.add(errors)
        obstacle = obstacle ?? extents.obstacle(in: walk.weight.name)
        let dead = extents.deadRows
        guard dead > 0 else { return }
        deadChannels += dead
        notes.append("\(dead) of \(walk.rowCount) rows of \(walk.weight.name) are all zero")
    }
}
