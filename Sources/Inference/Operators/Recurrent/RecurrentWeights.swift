import Numerics

/// A matrix that vectors are multiplied with, one after the other.
enum RecurrentWeights: Sendable {
    /// Turned: a row for each element of the vector, so that the products of a row go side by side.
    case float(Matrix<Float>)
    /// A row for each element of the result, with the scale of each.
    case int8(QuantizedRows)

    /// The weights of one direction.
    ///
    /// - Parameter direction: which of the matrices that lie one behind the other.
    /// - Throws: `Misfit` where there are none of this kind or too few.
    static func read(
        _ source: LayerSource, _ name: String, direction: Int, rows: Int, columns: Int, isInt8: Bool
    ) throws -> RecurrentWeights {
        let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
        func part<Element>(_ all: [Element], _ name: String, count: Int) throws -> [Element] {
            guard count > 0, !overflow, all.count / count > direction else {
                throw Misfit("\(name) has \(all.count) elements, wanted \(count) for each direction")
            }
            return Array(all[direction * count..<(direction + 1) * count])
        }
        switch source.weight(name) {
        case .float(let values) where !isInt8:
            return .float(Matrix(checked: rows, columns, try part(values, name, count: count)).transposed)
        case .int8(let bytes) where isInt8:
            let scalesName = "\(name)_int8_scales"
            let scales = try part(try source.requiredFloats(scalesName), scalesName, count: rows)
            return .int8(
                try QuantizedRows(Matrix(checked: rows, columns, part(bytes, name, count: count)), scales: scales))
        case .float: throw Misfit("\(name) is stored as floats, wanted int8")
        case .int8: throw Misfit("\(name) is stored as int8, wanted floats")
        case nil: throw Misfit("has no \(name)")
        }
    }

    /// Writes the product with a vector; bytes are multiplied with the vector's bytes under a scale of its own.
    func multiply(_ vector: UnsafeBufferPointer<Float>, into out: UnsafeMutableBufferPointer<Float>) {
        guard let target = out.baseAddress else { return }
        switch self {
        case .float(let matrix):
            out.update(repeating: 0)
            matrix.elements.withUnsafeBufferPointer { elements in
                guard let elements = elements.baseAddress else { return }
                for (index, value) in vector.enumerated() {
                    VectorKernels.add(elements + index * out.count, times: value, to: target, count: out.count)
                }
            }
        case .int8(let matrix):
            let scale = QuantizedRows.scale(of: vector)
            let bytes = vector.map { quantized($0, scale: scale) }
            let descale = 1 / scale
            bytes.withUnsafeBufferPointer { bytes in
                matrix.bytes.elements.withUnsafeBufferPointer { rows in
                    guard let bytes = bytes.baseAddress, let rows = rows.baseAddress else { return }
                    for index in out.indices {
                        let sum = QuantizedRows.dot(rows + index * vector.count, bytes, count: vector.count)
                        out[index] = Float(sum) * (descale * (1 / matrix.scales[index]))
                    }
                }
            }
        }
    }
}
