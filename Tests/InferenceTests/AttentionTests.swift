import Foundation
import Numerics
import TestSupport
import Testing

/// Attention against the formula itself, over widths of heads and numbers of positions around the boundaries of panels.
@Suite("attention against its formula")
struct AttentionTests {
    /// Matrices of weights with their biases: of query, key and value, and of the output.
    struct Layer {
        let heads = 3
        let size: Int
        let isInt8: Bool
        let scale: Float = 0.75
        /// One for each row of the first three, and one for all of the last.
        private let scales: [Float]
        private let bytes: [[Int8]]
        private let biases: [[Float]]

        init(size: Int, isInt8: Bool, seed: UInt64) {
            self.size = size
            self.isInt8 = isInt8
            var generator = SeededGenerator(seed: seed)
            let dimension = heads * size
            // Such that projections are about as large as what they are of.
            let common = 127 * Float(dimension).squareRoot() / 1.7
            scales = (0..<dimension).map { common * (1 + Float($0 % 5) / 4) }
            bytes = (0..<4).map { _ in
                (0..<dimension * dimension).map { _ in .random(in: -127...127, using: &generator) }
            }
            biases = (0..<4).map { _ in (0..<dimension).map { _ in .random(in: -1...1, using: &generator) } }
        }

        var dimension: Int { heads * size }

        func weight(_ matrix: Int, _ row: Int, _ column: Int) -> Float {
            Float(bytes[matrix][row * dimension + column]) / scales[matrix == 3 ? 0 : row]
        }

        var model: TestModel {
            var model = TestModel([
                "Input in 0 1 in",
                "MultiHeadAttention layer 1 1 in out 0=\(dimension) 1=\(heads) 2=\(dimension * dimension) 6=\(scale)"
                    + (isInt8 ? " 18=2" : ""),
            ])
            for matrix in 0..<4 {
                if isInt8 {
                    model = model.with([Float(bitPattern: 0xD4B38)])
                    model.bin += bytes[matrix].map { UInt8(bitPattern: $0) }
                    model.bin += [UInt8](repeating: 0, count: (4 - model.bin.count % 4) % 4)
                } else {
                    let rows = (0..<dimension).flatMap { row in
                        (0..<dimension).map { weight(matrix, row, $0) }
                    }
                    model = model.with([nil] + rows)
                }
                model = model.with(biases[matrix])
            }
            return isInt8 ? model.with(scales + scales + scales + [scales[0]]) : model
        }

        /// The rows of what a matrix makes of rows.
        private func projected(_ matrix: Int, _ rows: [[Double]]) -> [[Double]] {
            let weights = (0..<dimension).map { row in (0..<dimension).map { Double(weight(matrix, row, $0)) } }
            return rows.map { row in
                zip(weights, biases[matrix]).map { weights, bias in
                    var sum = Double(bias)
                    for index in row.indices { sum += weights[index] * row[index] }
                    return sum
                }
            }
        }

        func callAsFunction(_ rows: [[Double]]) -> [Double] {
            let (queries, keys, values) = (projected(0, rows), projected(1, rows), projected(2, rows))
            let contexts = queries.map { query in
                (0..<heads).flatMap { head -> [Double] in
                    let lanes = head * size..<(head + 1) * size
                    let scores = keys.map { key in
                        lanes.reduce(0.0) { $0 + query[$1] * Double(scale) * key[$1] }
                    }
                    let largest = scores.max() ?? 0
                    let shares = scores.map { exp($0 - largest) }
                    let sum = shares.reduce(0, +)
                    return lanes.map { lane in
                        zip(shares, values).reduce(0.0) { $0 + $1.0 * $1.1[lane] } / sum
                    }
                }
            }
            return projected(3, contexts).flatMap { $0 }
        }
    }

    @Test(
        "comes out within rounding, and to the bit alike on any number of threads",
        arguments: [1, 4, 5, 15, 16, 17, 64],
        [false, true])
    func formula(_ size: Int, _ isInt8: Bool) throws {
        let layer = Layer(size: size, isInt8: isInt8, seed: UInt64(size))
        let network = try layer.model.network()
        var generator = SeededGenerator(seed: 7)
        for positions in [1, 6, 7, 17] {
            let input = (0..<positions * layer.dimension).map { _ in Float.random(in: -1...1, using: &generator) }
            let rows = stride(from: 0, to: input.count, by: layer.dimension).map {
                input[$0..<$0 + layer.dimension].map(Double.init)
            }
            let want = layer(rows)
            var first: [Float]?
            for threads in 1...3 {
                let tops = try network.run(
                    ["in": Tensor([positions, layer.dimension], input)], wanting: ["out"], threads: threads)
                let top = try #require(tops["out"])
                #expect(top.shape == [positions, layer.dimension])
                let got = try top.floats()
                let errors = zip(got, want).map { abs(Double($0) - $1) }
                // Bytes are wrong by up to half of a 127th of the largest, in each of six factors.
                #expect(errors.allSatisfy { $0 < (isInt8 ? 0.1 : 1e-5) }, "\(positions) \(errors.max() ?? 0)")
                #expect(first == nil || first == got)
                first = got
            }
        }
    }
}
