extension WinogradKernels {
    /// The readable ones, which say what the fast ones must compute.
    public static let reference = WinogradKernels(
        gather: { tile, input, distances, runs, lanes, out, stride in
            var elements = [Float](repeating: 0, count: tile.size * lanes + Panels<Float>.slack)
            WindowKernels.reference(.best).unfoldFloat(input, distances, runs, lanes, &elements)
            for lane in 0..<lanes {
                let numbers = product(
                    tile.inputMatrix, (0..<tile.size).map { Double(elements[$0 * lanes + lane]) }, rows: tile.reach,
                    columns: tile.reach)
                for index in 0..<tile.size { out[index * stride + lane] = Float(numbers[index]) }
            }
        },
        lines: { tile, sums, stride, bias, activation, out in
            let places = tile.places
            for lane in 0..<PanelSide.right.width {
                let numbers = product(
                    tile.outputMatrix, (0..<tile.size).map { Double(sums[$0 * stride + lane]) }, rows: places,
                    columns: tile.reach)
                for line in 0..<places {
                    for place in 0..<places {
                        out[(line * PanelSide.right.width + lane) * places + place] =
                            activation(Float(numbers[line * places + place] + Double(bias)))
                    }
                }
            }
        })

    /// `matrix · tile · matrixᵀ`.
    private static func product(_ matrix: [Double], _ tile: [Double], rows: Int, columns: Int) -> [Double] {
        var result: [Double] = []
        for row in 0..<rows {
            for column in 0..<rows {
                var sum = 0.0
                for i in 0..<columns {
                    for j in 0..<columns {
                        sum += matrix[row * columns + i] * tile[i * columns + j] * matrix[column * columns + j]
                    }
                }
                result.append(sum)
            }
        }
        return result
    }
}

extension WinogradTile {
    /// B of the source, row by row.
    fileprivate var inputMatrix: [Double] {
        switch self {
        case .two:
            [
                1, 0, -1, 0,
                0, 1, 1, 0,
                0, -1, 1, 0,
                0, 1, 0, -1,
            ]
        case .four:
            [
                4, 0, -5, 0, 1, 0,
                0, -4, -4, 1, 1, 0,
                0, 4, -4, -1, 1, 0,
                0, -2, -1, 2, 1, 0,
                0, 2, -1, -2, 1, 0,
                0, 4, 0, -5, 0, 1,
            ]
        }
    }

    /// A of the source, row by row.
    fileprivate var outputMatrix: [Double] {
        switch self {
        case .two:
            [
                1, 1, 1, 0,
                0, 1, -1, -1,
            ]
        case .four:
            [
                1, 1, 1, 1, 1, 0,
                0, 1, -1, 2, -2, 0,
                0, 1, 1, 4, 4, 0,
                0, 1, -1, 8, -8, 1,
            ]
        }
    }
}
