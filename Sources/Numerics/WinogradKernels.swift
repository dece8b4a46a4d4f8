import CKernels

/// The transforms around the products of a convolution of 3 by 3 in steps of one, by tiles of 4 by 4 places (Winograd's
/// F(4x4, 3x3) in the form of Lavin and Gray, 2015): 36 products instead of 144.
///
/// A tile is a place of a window of 6 by 6 that moves in steps of four. Its elements, transformed, are lanes of 36 right
/// matrices; the weights, transformed, are the 36 left ones. Sums differ from the plain ones by rounding.
public struct WinogradKernels: Sendable {
    /// Gathers one channel's elements of up to sixteen tiles and writes their transforms, lane by lane one of each to
    /// `out + i * stride`. Where the tiles are not sixteen, numbers behind their lanes are written too.
    public var gather:
        @Sendable (
            _ input: UnsafePointer<Float>, _ distances: UnsafeBufferPointer<Int>, UnsafeBufferPointer<PlaceRun>,
            _ lanes: Int, _ out: UnsafeMutablePointer<Float>, _ stride: Int
        ) -> Void
    /// Takes 36 sums of sixteen tiles, at `sums + i * stride`, back to four lines of four places for each tile:
    /// `out[line * 64 + lane * 4 + place] = activation(sum + bias)`.
    public var lines:
        @Sendable (
            _ sums: UnsafePointer<Float>, _ stride: Int, _ bias: Float, SumActivation,
            _ out: UnsafeMutablePointer<Float>
        ) -> Void

    /// Places of a tile along an axis.
    public static let places = 4
    /// Elements of a tile along an axis, of which those of neighbours share two.
    public static let reach = 6
    /// Numbers of a transformed tile.
    public static let size = 36
}

extension WinogradKernels {
    /// The fast ones for the best instructions that the machine has.
    public static let fast = WinogradKernels(.best)

    /// The fast ones for instructions that the machine has.
    public init(_ instructions: InstructionSet) {
        let set = instructions.number
        self.init(
            gather: { input, distances, runs, lanes, out, stride in
                quantd_winograd_gather(
                    set, input, distances.baseAddress, quantd_places(runs, lanes: lanes), out, stride)
            },
            lines: { sums, stride, bias, activation, out in
                quantd_winograd_lines(set, sums, stride, bias, quantd_activation(activation), out)
            })
    }

    /// The transforms of weights, for each number of a transformed tile one left matrix of outputs by inputs.
    ///
    /// - Parameter weights: for each output and input a kernel of 3 by 3, row by row.
    public static func panels(of weights: [Float], outputs: Int, inputs: Int) -> Panels<Float> {
        let matrix: [[Double]] = [
            [1 / 4, 0, 0], [-1 / 6, -1 / 6, -1 / 6], [-1 / 6, 1 / 6, -1 / 6], [1 / 24, 1 / 12, 1 / 6],
            [1 / 24, -1 / 12, 1 / 6], [0, 0, 1],
        ]
        let matrices = transformed(weights, by: matrix, pairs: outputs * inputs)
        return Panels(.left, .rows(outputs, of: inputs), of: matrices)
    }

    /// `matrix · kernel · matrixᵀ` for each kernel (the matrix is G of the source).
    private static func transformed(_ weights: [Float], by matrix: [[Double]], pairs: Int) -> [Float] {
        func transformed(_ x: Double, _ y: Double, _ z: Double) -> [Double] {
            matrix.map { row in row[0] * x + row[1] * y + row[2] * z }
        }
        var matrices = [Float](repeating: 0, count: pairs * size)
        for pair in 0..<pairs {
            // In double precision, so that the only rounding is that of the result.
            let kernel = weights[pair * 9..<(pair + 1) * 9].map { Double($0) }
            let columns = (0..<3).map { transformed(kernel[$0], kernel[$0 + 3], kernel[$0 + 6]) }
            for row in 0..<reach {
                let numbers = transformed(columns[0][row], columns[1][row], columns[2][row])
                for (column, number) in numbers.enumerated() {
                    matrices[(row * reach + column) * pairs + pair] = Float(number)
                }
            }
        }
        return matrices
    }
}
