import ModelFormat
import Vocabulary

/// The int8 twin as far as it is written, layer by layer; what was written last can be taken back.
struct TwinDraft<Bytes: ByteSource, Sink: ByteSink> {
    private var writer: TwinWriter<Bytes, Sink>
    private(set) var layers: [LayerReport] = []
    /// Bytes of the layers in the input, and in the twin.
    private(set) var bytesBefore = 0, bytesAfter = 0
    private var edits: [[ParamFile.Edit]] = []
    /// Layers that should not have become int8, and why.
    private(set) var obstacles: [(layer: Int, reason: FloatReason)] = []

    init(_ writer: TwinWriter<Bytes, Sink>) {
        self.writer = writer
    }

    /// What changes in the `.param`.
    var allEdits: [ParamFile.Edit] { edits.flatMap { $0 } }

    /// Writes the next layer.
    mutating func write(_ plan: LayerPlan) throws {
        let arrays = try plan.arrays()
        let written = try writer.write(arrays)
        if let reason = written.obstacle { obstacles.append((layers.count, reason)) }
        let layer = plan.report(arrays, written)
        layers.append(layer)
        edits.append(plan.edits)
        bytesBefore += layer.bytesBefore
        bytesAfter += layer.bytesAfter
    }

    /// Takes back this layer and all behind it, and forgets the obstacles.
    mutating func takeBack(to layer: Int) throws {
        for layer in layers[layer...] {
            bytesBefore -= layer.bytesBefore
            bytesAfter -= layer.bytesAfter
        }
        layers.removeSubrange(layer...)
        edits.removeSubrange(layer...)
        obstacles = []
        try writer.takeBack(to: bytesAfter)
    }

    /// Nothing is written afterwards.
    func finish() throws {
        try writer.finish()
    }
}
