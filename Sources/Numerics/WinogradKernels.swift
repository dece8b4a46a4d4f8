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

    /// Numbers of a transformed tile.
    public static let size = 36
    /// Elements of a tile along an axis, of which those of neighbours share two.
    public static let reach = 6
    /// Places of a tile along an axis.
    public static let places = 4
}

extension WinogradKernels {
    /// The fast ones: the C target chooses the instruction set while running.
    public static let fast = WinogradKernels(
        gather: { input, distances, runs, lanes, out, stride in
            quantd_winograd_gather(input, distances.baseAddress, quantd_places(runs, lanes: lanes), out, stride)
        },
        lines: { sums, stride, bias, activation, out in
            quantd_winograd_lines(sums, stride, bias, quantd_activation(activation), out)
        })

    /// The transforms of weights, for each of `size` one left matrix of outputs by inputs.
    ///
    /// - Parameter weights: for each output and input a kernel of 3 by 3, row by row.
    public static func panels(of weights: [Float], outputs: Int, inputs: Int) -> Panels<Float> {
        var matrices = [Float](repeating: 0, count: weights.count / 9 * size)
        for pair in 0..<outputs * inputs {
            let kernel = weights[pair * 9..<(pair + 1) * 9].map(Double.init)
            // In double precision, so that the only rounding is that of the result.
            let lines = (0..<3).map { line in transformed((0..<3).map { kernel[$0 * 3 + line] }) }
            for row in 0..<reach {
                for (column, value) in transformed(lines.map { $0[row] }).enumerated() {
                    matrices[(row * reach + column) * outputs * inputs + pair] = Float(value)
                }
            }
        }
        return Panels(.left, .rows(outputs, of: inputs), of: matrices)
    }

    /// Three numbers of a kernel's line, transformed (the matrix G of the source).
    static func transformed(_ x: [Double]) -> [Double] {
        [
            x[0] / 4, -(x[0] + x[1] + x[2]) / 6, -(x[0] - x[1] + x[2]) / 6, (x[0] + 2 * x[1] + 4 * x[2]) / 24,
            (x[0] - 2 * x[1] + 4 * x[2]) / 24, x[2],
        ]
    }
}
