extension WinogradKernels {
    /// The readable ones, which say what the fast ones must compute.
    public static let reference = WinogradKernels(
        gather: { input, distances, runs, lanes, out, stride in
            var elements = [Float](repeating: 0, count: WinogradTiling.float.size * lanes + Panels<Float>.slack)
            WindowKernels.reference.unfoldFloat(input, distances, runs, lanes, &elements)
            for lane in 0..<lanes {
                let tile = product(
                    inputMatrix, (0..<WinogradTiling.float.size).map { Double(elements[$0 * lanes + lane]) }, rows: 6,
                    columns: 6)
                for index in 0..<WinogradTiling.float.size { out[index * stride + lane] = Float(tile[index]) }
            }
        },
        lines: { sums, stride, bias, activation, out in
            for lane in 0..<PanelSide.right.width {
                let tile = product(
                    outputMatrix, (0..<WinogradTiling.float.size).map { Double(sums[$0 * stride + lane]) }, rows: 4,
                    columns: 6)
                for line in 0..<4 {
                    for place in 0..<4 {
                        out[(line * PanelSide.right.width + lane) * 4 + place] =
                            activation(Float(tile[line * 4 + place] + Double(bias)))
                    }
                }
            }
        },
        gatherInt8: { first, second, distances, runs, lanes, out, stride in
            for (half, input) in [first, second].enumerated() {
                for (lane, tile) in int8Tiles(input, distances, runs, lanes).enumerated() {
                    let transformed = product(int8InputMatrix, tile, rows: 4, columns: 4)
                    for (index, number) in transformed.enumerated() {
                        out[index * stride + lane * 2 + half] = Int16(number)
                    }
                }
            }
        },
        linesInt8: { sums, stride, out in
            for lane in 0..<PanelSide.right.width {
                let tile = (0..<WinogradTiling.int8.size).map { Double(sums[$0 * stride + lane]) }
                for (index, number) in product(int8OutputMatrix, tile, rows: 2, columns: 4).enumerated() {
                    out[(index / 2 * PanelSide.right.width + lane) * 2 + index % 2] = Int32(number / 4)
                }
            }
        })

    /// The elements of each tile; zeros where there is no channel.
    private static func int8Tiles(
        _ input: UnsafePointer<Int8>?, _ distances: UnsafeBufferPointer<Int>, _ runs: UnsafeBufferPointer<PlaceRun>,
        _ lanes: Int
    ) -> [[Double]] {
        var elements = [Int16](repeating: 0, count: distances.count * lanes + Panels<Int16>.slack)
        if let input { WindowKernels.reference.unfoldInt8(input, distances, runs, lanes, &elements) }
        return (0..<lanes).map { lane in
            distances.indices.map { Double(elements[($0 / 2 * lanes + lane) * 2 + $0 % 2]) }
        }
    }

    private static let int8InputMatrix: [Double] = [
        1, 0, -1, 0,
        0, 1, 1, 0,
        0, -1, 1, 0,
        0, 1, 0, -1,
    ]

    private static let int8OutputMatrix: [Double] = [
        1, 1, 1, 0,
        0, 1, -1, -1,
    ]

    private static let inputMatrix: [Double] = [
        4, 0, -5, 0, 1, 0,
        0, -4, -4, 1, 1, 0,
        0, 4, -4, -1, 1, 0,
        0, -2, -1, 2, 1, 0,
        0, 2, -1, -2, 1, 0,
        0, 4, 0, -5, 0, 1,
    ]

    private static let outputMatrix: [Double] = [
        1, 1, 1, 1, 1, 0,
        0, 1, -1, 2, -2, 0,
        0, 1, 1, 4, 4, 0,
        0, 1, -1, 8, -8, 1,
    ]

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
