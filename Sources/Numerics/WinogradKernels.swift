import CKernels

/// Square tiles of places of a convolution of 3 by 3 in steps of one (Winograd's F(2x2, 3x3) and F(4x4, 3x3) in the form of Lavin
/// and Gray, 2015): 16 products instead of 36, or 36 instead of 144.
///
/// A tile is a place of a window of 4 by 4 or 6 by 6 that moves in steps of two or four. Its elements, transformed, are lanes of
/// as many right matrices; the weights, transformed, are the left ones. Sums differ from the plain ones by rounding.
public enum WinogradTile: Int, CaseIterable, Sendable {
    case two = 2
    case four = 4

    /// Places along an axis.
    public var places: Int { rawValue }
    /// Elements along an axis, of which those of neighbours share two.
    public var reach: Int { places + 2 }
    /// Elements in all.
    public var size: Int { reach * reach }

    /// The transforms of weights, for each element of a tile one left matrix of outputs by inputs.
    ///
    /// - Parameter weights: for each output and input a kernel of 3 by 3, row by row.
    public func panels(of weights: [Float], outputs: Int, inputs: Int) -> Panels<Float> {
        Panels(.left, .rows(outputs, of: inputs), of: transformed(weights, pairs: outputs * inputs))
    }

    /// What is multiplied with a kernel from either side (G of the source), row by row.
    private var weightMatrix: [Double] {
        switch self {
        case .two: [1, 0, 0, 1 / 2, 1 / 2, 1 / 2, 1 / 2, -1 / 2, 1 / 2, 0, 0, 1]
        case .four:
            [
                1 / 4, 0, 0, -1 / 6, -1 / 6, -1 / 6, -1 / 6, 1 / 6, -1 / 6, 1 / 24, 1 / 12, 1 / 6, 1 / 24, -1 / 12,
                1 / 6, 0, 0, 1,
            ]
        }
    }

    /// `matrix · kernel · matrixᵀ` for each kernel, in double precision, so that the only rounding is that of the result.
    private func transformed(_ weights: [Float], pairs: Int) -> [Float] {
        let (reach, matrix) = (reach, weightMatrix)
        return [Float](unsafeUninitializedCapacity: pairs * size) { matrices, count in
            count = pairs * size
            withUnsafeTemporaryAllocation(of: Double.self, capacity: reach * 3) { lines in
                for pair in 0..<pairs {
                    for row in 0..<reach {
                        for column in 0..<3 {
                            var sum = 0.0
                            for index in 0..<3 {
                                sum += matrix[row * 3 + index] * Double(weights[pair * 9 + index * 3 + column])
                            }
                            lines[row * 3 + column] = sum
                        }
                    }
                    for row in 0..<reach {
                        for column in 0..<reach {
                            var sum = 0.0
                            for index in 0..<3 { sum += lines[row * 3 + index] * matrix[column * 3 + index] }
                            matrices.initializeElement(at: (row * reach + column) * pairs + pair, to: Float(sum))
                        }
                    }
                }
            }
        }
    }
}

/// The transforms around the products of tiles, as values, so that one test can hold every set of them to every other.
public struct WinogradKernels: Sendable {
    /// Gathers one channel's elements of up to sixteen tiles and writes their transforms, lane by lane one of each to
    /// `out + i * stride`. Where the tiles are not sixteen, numbers behind their lanes are written too.
    public var gather:
        @Sendable (
            WinogradTile, _ input: UnsafePointer<Float>, _ distances: UnsafeBufferPointer<Int>,
            UnsafeBufferPointer<PlaceRun>, _ lanes: Int, _ out: UnsafeMutablePointer<Float>, _ stride: Int
        ) -> Void
    /// Takes the sums of sixteen tiles, at `sums + i * stride`, back to the lines of their places:
    /// `out[(line * 16 + lane) * tile.places + place] = activation(sum + bias)`.
    public var lines:
        @Sendable (
            WinogradTile, _ sums: UnsafePointer<Float>, _ stride: Int, _ bias: Float, SumActivation,
            _ out: UnsafeMutablePointer<Float>
        ) -> Void
}

extension WinogradKernels {
    /// The fast ones for the best instructions that the machine has.
    public static let fast = WinogradKernels(.best)

    /// The fast ones for instructions that the machine has.
    public init(_ instructions: InstructionSet) {
        let set = instructions.number
        self.init(
            gather: { tile, input, distances, runs, lanes, out, stride in
                quantd_winograd_gather(
                    set, tile.number, input, distances.baseAddress, quantd_places(runs, lanes: lanes), out, stride)
            },
            lines: { tile, sums, stride, bias, activation, out in
                quantd_winograd_lines(set, tile.number, sums, stride, bias, quantd_activation(activation), out)
            })
    }
}

extension WinogradTile {
    fileprivate var number: quantd_tile {
        switch self {
        case .two: QUANTD_TILE_OF_TWO
        case .four: QUANTD_TILE_OF_FOUR
        }
    }
}
