public import LayerCatalogue
public import ModelFormat
import Numerics

/// The weights of a float model and of its int8 twin, side by side.
public struct TwinWeights<Bytes: ByteSource> {
    private let float: Model<Bytes>
    private let int8: Model<Bytes>
    private let reader: WeightReader<Bytes>

    /// - Throws: `FormatError` where the one is not the other's twin: they have not the same layers.
    public init(float: Model<Bytes>, int8: Model<Bytes>) throws(FormatError) {
        let layers = [float, int8].map { $0.param.layers.map { [$0.type, $0.name] } }
        guard layers[0] == layers[1] else {
            throw FormatError(file: int8.param.file, .whole, "has not the layers of \(float.param.file)")
        }
        self.float = float
        self.int8 = int8
        reader = WeightReader(float.bin, kernels: .fast)
    }

    /// Counts the weights of each array that is int8 in the one and not in the other, in the order of the layers. Reads
    /// them a bounded piece at a time.
    ///
    /// - Throws: `FormatError` where an array of the one does not fit that of the other.
    public func histograms() throws -> [WeightHistogram] {
        try float.param.layers.indices.flatMap { index in
            try (float.params[index]?.type.int8?.weights ?? []).compactMap { try histogram(of: $0, at: index) }
        }
    }

    private func histogram(of weight: QuantizedWeight, at index: Int) throws -> WeightHistogram? {
        guard let params = float.params[index],
            let before = float.layout.weights[index].first(where: { $0.name == weight.weight }),
            let after = int8.layout.weights[index].first(where: { $0.name == weight.weight }),
            let rows = int8.layout.weights[index].first(where: { $0.name == weight.scales }),
            after.storage == .int8, before.storage != .int8
        else { return nil }
        guard after.count == before.count, rows.storage == .plain, before.count.isMultiple(of: rows.count) else {
            throw params.error(
                "\(before.name) has \(before.count) elements, in the int8 twin \(after.count) in \(rows.count) rows")
        }
        let scales = try scales(rows)
        guard let least = scales.min(), let most = scales.max(), scales.allSatisfy(\.isFinite) else {
            throw params.error("\(rows.name) has a scale that is no number")
        }
        let walk = RowWalk(weight: before, rowCount: rows.count, turn: try turn(weight, params, count: before.count))
        var histogram = WeightHistogram(layer: index, weight: weight.weight, scales: least...most)
        let array = ArrayPieces(walk, of: reader)
        let room = PieceBuffer<Float>(array.largest)
        for piece in 0..<array.count {
            try array.forEachSegment(of: array[piece], in: room) { segment in
                for value in segment.weights { histogram.count(float: value * scales[segment.row]) }
                let start = after.elements.lowerBound + segment.start
                for byte in try int8.bin.bytes(start..<start + segment.weights.count) {
                    histogram.count(int8: Int8(bitPattern: byte))
                }
            }
        }
        return histogram
    }

    private func scales(_ array: StoredWeight) throws(FormatError) -> [Float] {
        let bytes = try int8.bin.bytes(array.elements)
        return bytes.withUnsafeBytes { raw in
            (0..<array.count).map {
                Float(bitPattern: raw.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self).littleEndian)
            }
        }
    }

    private func turn(_ weight: QuantizedWeight, _ params: LayerParams, count: Int) throws -> RowWalk.Turn? {
        guard let transposition = weight.transposition, try params.holds(transposition.condition) else { return nil }
        let rows = try params.value(of: transposition.rows)
        let columns = try params.value(of: transposition.columns)
        guard rows > 0, columns > 0, rows.multipliedReportingOverflow(by: columns) == (count, false) else {
            throw params.error("\(weight.weight) is a matrix of \(rows) × \(columns), and has \(count) elements")
        }
        return rows == 1 || columns == 1 ? nil : RowWalk.Turn(rows: rows, columns: columns)
    }
}

extension WeightHistogram {
    fileprivate mutating func count(float value: Float) {
        let reach = Float(Self.reach)
        // What is no number has no place; quantizing refuses such weights.
        guard !value.isNaN else { return }
        float[Self.reach + Int(max(-reach, min(reach, value.rounded())))] += 1
    }

    fileprivate mutating func count(int8 value: Int8) {
        int8[Self.reach + Int(value)] += 1
    }
}
