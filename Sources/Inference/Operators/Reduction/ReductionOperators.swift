import Numerics

extension Operators {
    /// Reductions, cumulative sums and statistics (ncnn src/layer/softmax.cpp, cumulativesum.cpp,
    /// statisticspooling.cpp at a4d2ea1d).
    static let reductionOperators: [OperatorType] = [
        .function("Softmax") { source in
            let axis = try source.int("axis")
            guard try axis == 0 || source.flag("fixbug0") else {
                throw Misfit("has axis \(axis) without fixbug0: ncnn refuses params of that age")
            }
            return alongLines(axis: axis) { Softmax.apply(to: $0, count: $1, stride: $2) }
        },
        OperatorType("Reduction") { try Reduction($0) },
        .function("CumulativeSum") { source in
            alongLines(axis: try source.int("axis")) { line, count, stride in
                for index in 1..<max(count, 1) { line[index * stride] += line[(index - 1) * stride] }
            }
        },
        .function("StatisticsPooling") { source in
            let withDeviation = try source.flag("include_stddev")
            return { [try statistics(of: $0.bottom(0), withDeviation: withDeviation)] }
        },
    ]

    /// Changes each line along an axis in place: its first element, its count and its stride. A vector has but one
    /// axis, whatever the param says.
    private static func alongLines(
        axis: Int, _ change: @escaping @Sendable (UnsafeMutablePointer<Float>, Int, Int) -> Void
    ) -> @Sendable ([Tensor]) throws -> [Tensor] {
        { bottoms in
            let bottom = try bottoms.bottom(0)
            let split = try AxisSplit(bottom.shape, axis: bottom.axisCount == 1 ? 0 : axis)
            return [
                try bottom.mappingFloats { values in
                    guard let values = values.baseAddress else { return }
                    Threads.each(split.lineCount) {
                        change(values + split.start(ofLine: $0), split.extent, split.inner)
                    }
                }
            ]
        }
    }

    /// The mean of each channel and, behind all means, its standard deviation.
    private static func statistics(of bottom: Tensor, withDeviation: Bool) throws -> Tensor {
        let channels = bottom.channels
        let size = bottom.count / channels
        return try Tensor(floats: [withDeviation ? channels * 2 : channels]) { out in
            try bottom.withFloats { values in
                guard let values = values.baseAddress else { throw Misfit("the bottom is empty") }
                Threads.each(channels) { channel in
                    let channelValues = values + channel * size
                    let mean = RowKernels.fast.sum(channelValues, size) / Double(size)
                    out[channel] = Float(mean)
                    if withDeviation {
                        let squares = RowKernels.fast.squares(channelValues, size, mean)
                        out[channels + channel] = Float((squares / Double(size)).squareRoot())
                    }
                }
            }
        }
    }
}
