extension WindowKernels {
    /// The readable ones, which say what the fast ones must compute.
    public static let reference = WindowKernels(
        unfoldFloat: { input, distances, runs, lanes, panel in
            for (step, distance) in distances.enumerated() {
                for lane in 0..<lanes {
                    panel[step * lanes + lane] = input[offset(of: lane, runs) + distance]
                }
            }
        },
        unfoldInt8: { input, distances, runs, lanes, panel in
            for step in 0..<distances.count + distances.count % 2 {
                for lane in 0..<lanes {
                    panel[(step / 2 * lanes + lane) * 2 + step % 2] =
                        step < distances.count ? Int16(input[offset(of: lane, runs) + distances[step]]) : 0
                }
            }
        },
        slideFloat: { input, distances, plane, weights, start, activation, out in
            for row in 0..<plane.rows {
                for column in 0..<plane.columns {
                    var sum = start
                    for (step, distance) in distances.enumerated() {
                        let x = input[row * plane.rowStride + column + distance]
                        sum = ProductKernels.isFusing ? sum.addingProduct(weights[step], x) : sum + weights[step] * x
                    }
                    out[row * plane.columns + column] = activation(sum)
                }
            }
        },
        slideInt8: { input, distances, plane, weights, out in
            for row in 0..<plane.rows {
                for column in 0..<plane.columns {
                    var sum: Int32 = 0
                    for (step, distance) in distances.enumerated() {
                        sum &+= Int32(input[row * plane.rowStride + column + distance]) &* Int32(weights[step])
                    }
                    out[row * plane.columns + column] = sum
                }
            }
        },
        takeFloat: { x, step, count, out in
            for index in 0..<count { out[index] = x[index * step] }
        },
        takeInt8: { x, step, count, out in
            for index in 0..<count { out[index] = x[index * step] }
        })

    /// Where in the input the place of a lane lies.
    private static func offset(of lane: Int, _ runs: UnsafeBufferPointer<PlaceRun>) -> Int {
        guard let run = runs.last(where: { $0.lane <= lane }) else { preconditionFailure("the first run has lane 0") }
        return run.offset + lane - run.lane
    }
}
