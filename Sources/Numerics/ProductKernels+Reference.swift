extension ProductKernels {
    /// The readable ones, which say what the fast ones must compute.
    public static let reference = ProductKernels(
        packFloat: { numbers, lanes, width, panels in
            for lane in 0..<lanes.count {
                for step in 0..<lanes.depth {
                    panels[index(lane, step, of: lanes.count, lanes.depth, width: width)] =
                        numbers[lane * lanes.stride + step * lanes.step]
                }
            }
        },
        packInt8: { numbers, lanes, width, panels in
            let pairs = (lanes.depth + 1) / 2
            for lane in 0..<lanes.count {
                for step in 0..<2 * pairs {
                    panels[2 * index(lane, step / 2, of: lanes.count, pairs, width: width) + step % 2] =
                        step < lanes.depth ? Int16(numbers[lane * lanes.stride + step * lanes.step]) : 0
                }
            }
        },
        multiplyFloat: { left, right, extents, start, activation, out, stride in
            for row in 0..<extents.rows {
                for column in 0..<extents.columns {
                    var sum: Float =
                        switch start {
                        case .zero: 0
                        case .ofRow(let numbers): numbers[row]
                        case .ofColumn(let numbers): numbers[column]
                        }
                    for step in 0..<extents.depth {
                        let l = left[index(row, step, of: extents.rows, extents.depth, width: 6)]
                        let r = right[index(column, step, of: extents.columns, extents.depth, width: 16)]
                        sum = isFusing ? sum.addingProduct(l, r) : sum + l * r
                    }
                    out[row * stride + column] = activation(sum)
                }
            }
        },
        multiplyInt8: { left, right, extents, out, stride in
            let pairs = (extents.depth + 1) / 2
            for row in 0..<extents.rows {
                for column in 0..<extents.columns {
                    var sum: Int32 = 0
                    for step in 0..<pairs {
                        let l = left + 2 * index(row, step, of: extents.rows, pairs, width: 6)
                        let r = right + 2 * index(column, step, of: extents.columns, pairs, width: 16)
                        sum &+= Int32(l[0]) &* Int32(r[0]) &+ Int32(l[1]) &* Int32(r[1])
                    }
                    out[row * stride + column] = sum
                }
            }
        },
        finish: { sums, count, scale, bias, activation, out in
            for index in 0..<count {
                let value = Float(sums[index]) * scale
                out[index] = activation(bias.map { value + $0 } ?? value)
            }
        },
        bytes: { x, count, scale, out in
            for index in 0..<count { out[index] = quantized(x[index], scale: scale) }
        })

    /// Where in its panels a number lies.
    private static func index(_ lane: Int, _ step: Int, of lanes: Int, _ depth: Int, width: Int) -> Int {
        let first = lane / width * width
        let count = min(width, lanes - first)
        return first * depth + step * count + lane - first
    }
}

extension SumActivation {
    /// The value behind the activation.
    public func callAsFunction(_ value: Float) -> Float {
        switch self {
        case .none:
            return value
        case .relu:
            // The number where the other is NaN.
            return value > 0 ? value : 0
        case .leaky(let slope):
            return value > 0 ? value : value * slope
        case .clip(let low, let high):
            let raised = value < low ? low : value
            return raised > high ? high : raised
        }
    }
}
