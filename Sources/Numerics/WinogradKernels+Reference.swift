extension WinogradKernels {
    /// The readable ones, which say what the fast ones must compute.
    public static let reference = WinogradKernels(
        gather: { input, distances, runs, lanes, out, stride in
            var elements = [Float](repeating: 0, count: size * lanes + Panels<Float>.slack)
            WindowKernels.reference(.best).unfoldFloat(input, distances, runs, lanes, &elements)
            for lane in 0..<lanes {
                let tile = product(
                    inputMatrix, (0..<size).map { Double(elements[$0 * lanes + lane]) }, rows: 6,
                    columns: 6)
                for index in 0..<size { out[index * stride + lane] = Float(tile[index]) }
            }
        },
        lines: { sums, stride, bias, activation, out in
            for lane in 0..<PanelSide.right.width {
                let tile = product(
                    outputMatrix, (0..<size).map { Double(sums[$0 * stride + lane]) }, rows: 4,
                    columns: 6)
                for line in 0..<places {
                    for place in 0..<places {
                        out[(line * PanelSide.right.width + lane) * places + place] =
                            activation(Float(tile[line * places + place] + Double(bias)))
                    }
                }
            }
        })

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
