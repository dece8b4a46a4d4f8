import Numerics

/// A matrix that rows of numbers are multiplied with.
enum RecurrentWeights: Sendable {
    case float(Panels<Float>)
    /// With one over the scale of each column of the product.
    case int8(Panels<Int32>, descales: [Float])

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
        let lanes = Lanes.rows(rows, of: columns)
        switch source.weight(name) {
        case .float(let values) where !isInt8:
            return .float(Panels(.right, lanes, of: try part(values, name, count: count)))
        case .int8(let bytes) where isInt8:
            let scalesName = "\(name)_int8_scales"
            let scales = try part(try source.requiredFloats(scalesName), scalesName, count: rows)
            return .int8(
                Panels(.right, lanes, of: try part(bytes, name, count: count)), descales: scales.map { 1 / $0 })
        case .float: throw Misfit("\(name) is stored as floats, wanted int8")
        case .int8: throw Misfit("\(name) is stored as int8, wanted floats")
        case nil: throw Misfit("has no \(name)")
        }
    }

    /// Writes the product with rows; bytes are multiplied with the bytes of each row under a scale of its own.
    func multiply(_ rows: UnsafeBufferPointer<Float>, into out: UnsafeMutableBufferPointer<Float>) {
        switch self {
        case .float(let weights):
            let count = rows.count / weights.depth
            MatrixProduct.multiply(Panels(.left, .rows(count, of: weights.depth), of: rows), weights, into: out)
        case .int8(let weights, let descales):
            let (depth, columns) = (weights.depth, weights.lanes)
            let left = QuantizedPanels(
                quantizing: rows, .left, .rows(rows.count / depth, of: depth), scale: .ofEachRow)
            withUnsafeTemporaryAllocation(of: Int32.self, capacity: out.count) { sums in
                MatrixProduct.multiply(left.panels, weights, into: sums)
                descales.withUnsafeBufferPointer { descales in
                    guard let sums = sums.baseAddress, let out = out.baseAddress, let of = descales.baseAddress
                    else { return }
                    for (row, scale) in left.scales.enumerated() {
                        let descale = 1 / scale
                        let (from, to) = (sums + row * columns, out + row * columns)
                        var column = 0
                        while column < columns {
                            to[column] = Float(from[column]) * (descale * of[column])
                            column &+= 1
                        }
                    }
                }
            }
        }
    }
}
