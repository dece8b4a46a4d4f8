extension ProductKernels {
    /// The readable ones, which say what the fast ones for some instructions must compute.
    public static func reference(_ instructions: InstructionSet) -> ProductKernels {
        let (packing, isFusing) = (instructions.packing, instructions.isFusing)
        return ProductKernels(
            packing: packing,
            packFloat: { numbers, lanes, side, panels in
                for lane in 0..<lanes.count {
                    for step in 0..<lanes.depth {
                        panels[index(lane, step, of: lanes.count, lanes.depth, width: side.width)] =
                            numbers[lane * lanes.stride + step * lanes.step]
                    }
                }
            },
            packInt8: { numbers, lanes, side, panels in
                let words = packing.words(side, depth: lanes.depth)
                for lane in 0..<lanes.count {
                    let bytes = (0..<lanes.depth).map { numbers[lane * lanes.stride + $0 * lanes.step] }
                    for (step, word) in packing.packed(bytes, side).enumerated() {
                        panels[index(lane, step, of: lanes.count, words, width: side.width)] = word
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
                let words = packing.words(.right, depth: extents.depth)
                for row in 0..<extents.rows {
                    for column in 0..<extents.columns {
                        var sum = left[index(row, 0, of: extents.rows, words + 1, width: 6)]
                        for step in 0..<words {
                            let l = packing.unpacked(
                                left[index(row, step + 1, of: extents.rows, words + 1, width: 6)], .left)
                            let r = packing.unpacked(
                                right[index(column, step, of: extents.columns, words, width: 16)], .right)
                            for (l, r) in zip(l, r) { sum &+= l &* r }
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
            finishRows: { sums, rows, columns, scales, affine, out in
                for row in 0..<rows {
                    for column in 0..<columns {
                        let scale =
                            switch scales {
                            case .ofRows(let scales): scales[row]
                            case .ofColumns(let scales): scales[column]
                            }
                        let value = Float(sums[row * columns + column]) * scale
                        out[row * columns + column] =
                            affine.map { (value + $0.addends[column]) * $0.factor } ?? value
                    }
                }
            },
            bytes: { x, count, scale, out in
                for index in 0..<count { out[index] = quantized(x[index], scale: scale) }
            })
    }

    /// Where in its panels a number lies.
    private static func index(_ lane: Int, _ step: Int, of lanes: Int, _ depth: Int, width: Int) -> Int {
        let first = lane / width * width
        let count = min(width, lanes - first)
        return first * depth + step * count + lane - first
    }
}

extension BytePacking {
    /// A lane's words, from its bytes along the depth.
    func packed(_ bytes: [Int8], _ side: PanelSide) -> [Int32] {
        let words = stride(from: 0, to: bytes.count, by: rawValue).map { step in
            (0..<rawValue).reduce(Int32(0)) { word, index in
                let number = step + index < bytes.count ? Int32(bytes[step + index]) : 0
                return word | ((number &+ lift(side)) & mask) << (Int32(index) * bits)
            }
        }
        guard side == .left else { return words }
        return [bytes.reduce(Int32(0)) { $0 &- lift(.right) &* Int32($1) }] + words
    }

    /// The numbers of a word, those on the right as high as they are there.
    func unpacked(_ word: Int32, _ side: PanelSide) -> [Int32] {
        (0..<Int32(rawValue)).map { index in
            let number = word >> (index * bits) & mask
            // Signed but for lifted ones.
            return lift(side) == 0 && number > mask / 2 ? number - mask - 1 : number
        }
    }

    private var bits: Int32 { Int32(32 / rawValue) }
    private var mask: Int32 { 1 << bits - 1 }

    /// What is added to a byte in a word.
    private func lift(_ side: PanelSide) -> Int32 { self == .quads && side == .right ? 128 : 0 }
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
