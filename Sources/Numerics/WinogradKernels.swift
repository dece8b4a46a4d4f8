import CKernels

/// The transforms around the products of a convolution of 3 by 3 in steps of one by Winograd's algorithm, in the form of
/// Lavin and Gray (2015).
///
/// A tile of places is one place of a larger window that moves in larger steps. Its elements, transformed, are lanes of right
/// matrices; the weights, transformed, are the left ones. Sums of floats differ from the plain ones by rounding, those of
/// bytes do not.
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

    /// Gathers the elements of up to sixteen tiles of two channels, the second nil behind an odd number of them, and writes
    /// their transforms, lane by lane a pair of each to `out + i * stride`. Numbers behind them are written too.
    public var gatherInt8:
        @Sendable (
            _ first: UnsafePointer<Int8>, _ second: UnsafePointer<Int8>?, _ distances: UnsafeBufferPointer<Int>,
            UnsafeBufferPointer<PlaceRun>, _ lanes: Int, _ out: UnsafeMutablePointer<Int16>, _ stride: Int
        ) -> Void
    /// Takes 16 sums of sixteen tiles, at `sums + i * stride`, back to two lines of two places for each tile, exactly:
    /// `out[line * 32 + lane * 2 + place]`.
    public var linesInt8:
        @Sendable (_ sums: UnsafePointer<Int32>, _ stride: Int, _ out: UnsafeMutablePointer<Int32>) -> Void
}

/// Into what tiles Winograd's algorithm cuts the places of a window of 3 by 3.
public struct WinogradTiling: Hashable, Sendable {
    /// Places of a tile along an axis.
    public let places: Int

    /// Elements of a tile along an axis, of which those of neighbours share two.
    public var reach: Int { places + 2 }
    /// Numbers of a transformed tile.
    public var size: Int { reach * reach }

    /// F(4x4, 3x3): 36 products instead of 144.
    public static let float = WinogradTiling(places: 4)
    /// F(2x2, 3x3): 16 products instead of 36, in whole numbers.
    public static let int8 = WinogradTiling(places: 2)
}

extension WinogradKernels {
    /// The fast ones: the C target chooses the instruction set while running.
    public static let fast = WinogradKernels(
        gather: { input, distances, runs, lanes, out, stride in
            quantd_winograd_gather(input, distances.baseAddress, quantd_places(runs, lanes: lanes), out, stride)
        },
        lines: { sums, stride, bias, activation, out in
            quantd_winograd_lines(sums, stride, bias, quantd_activation(activation), out)
        },
        gatherInt8: { first, second, distances, runs, lanes, out, stride in
            quantd_winograd_gather_int8(
                first, second, distances.baseAddress, quantd_places(runs, lanes: lanes), out, stride)
        },
        linesInt8: { sums, stride, out in quantd_winograd_lines_int8(sums, stride, out) })

    /// The transforms of weights, for each number of a transformed tile one left matrix of outputs by inputs.
    ///
    /// - Parameter weights: for each output and input a kernel of 3 by 3, row by row.
    public static func panels(of weights: [Float], outputs: Int, inputs: Int) -> Panels<Float> {
        // In double precision, so that the only rounding is that of the result.
        let matrix: [[Double]] = [
            [1 / 4, 0, 0], [-1 / 6, -1 / 6, -1 / 6], [-1 / 6, 1 / 6, -1 / 6], [1 / 24, 1 / 12, 1 / 6],
            [1 / 24, -1 / 12, 1 / 6], [0, 0, 1],
        ]
        let matrices = transformed(weights.map { Double($0) }, by: matrix, pairs: outputs * inputs)
        return Panels(.left, .rows(outputs, of: inputs), of: matrices.map { Float($0) })
    }

    /// The same of signed bytes, times four, so that all are whole numbers.
    public static func panels(of weights: [Int8], outputs: Int, inputs: Int) -> Panels<Int16> {
        let matrix: [[Int16]] = [[2, 0, 0], [1, 1, 1], [1, -1, 1], [0, 0, 2]]
        let matrices = transformed(weights.map { Int16($0) }, by: matrix, pairs: outputs * inputs)
        return Panels(.left, .rows(outputs, of: inputs), of: matrices)
    }

    /// The most inputs of bytes whose sums, times four, fit 32 bits.
    public static let mostInt8Inputs = Int(Int32.max) / (4 * 9 * 128 * 128)

    /// `matrix · kernel · matrixᵀ` for each kernel (the matrix is G of the source).
    private static func transformed<Number: Numeric>(
        _ weights: [Number], by matrix: [[Number]], pairs: Int
    ) -> [Number] {
        func transformed(_ x: Number, _ y: Number, _ z: Number) -> [Number] {
            matrix.map { row in row[0] * x + row[1] * y + row[2] * z }
        }
        var matrices = [Number](repeating: 0, count: pairs * matrix.count * matrix.count)
        for pair in 0..<pairs {
            let kernel = weights[pair * 9..<(pair + 1) * 9]
            let first = kernel.startIndex
            let columns = (first..<first + 3).map { transformed(kernel[$0], kernel[$0 + 3], kernel[$0 + 6]) }
            for row in matrix.indices {
                let numbers = transformed(columns[0][row], columns[1][row], columns[2][row])
                for (column, number) in numbers.enumerated() {
                    matrices[(row * matrix.count + column) * pairs + pair] = number
                }
            }
        }
        return matrices
    }
}
