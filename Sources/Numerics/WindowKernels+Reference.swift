extension WindowKernels {
    /// The readable ones, which say what the fast ones for some instructions must compute.
    public static func reference(_ instructions: InstructionSet) -> WindowKernels {
        let (packing, isFusing) = (instructions.packing, instructions.isFusing)
        let slide: SlideFloat = { input, distances, plane, weights, start, activation, out in
            for row in 0..<plane.rows {
                for column in 0..<plane.columns {
                    var sum = start
                    for (step, distance) in distances.enumerated() {
                        let x = input[row * plane.rowStride + column + distance]
                        sum = isFusing ? sum.addingProduct(weights[step], x) : sum + weights[step] * x
                    }
                    out[row * plane.columns + column] = activation(sum)
                }
            }
        }
        return WindowKernels(
            unfoldFloat: { input, distances, runs, lanes, panel in
                for (step, distance) in distances.enumerated() {
                    for lane in 0..<lanes {
                        panel[step * lanes + lane] = input[offset(of: lane, runs) + distance]
                    }
                }
            },
            unfoldInt8: { input, distances, runs, lanes, panel in
                for lane in 0..<lanes {
                    let bytes = distances.map { input[offset(of: lane, runs) + $0] }
                    for (step, word) in packing.packed(bytes, .right).enumerated() { panel[step * lanes + lane] = word }
                }
            },
            slideFloat: slide,
            slideInt8: { input, distances, plane, weights, out in
                let taps = (1..<packing.words(.left, depth: distances.count)).flatMap {
                    packing.unpacked(weights[$0], .left)
                }
                for row in 0..<plane.rows {
                    for column in 0..<plane.columns {
                        let place = row * plane.rowStride + column
                        out[row * plane.columns + column] = zip(distances, taps).reduce(Int32(0)) {
                            $0 &+ Int32(input[place + $1.0]) &* $1.1
                        }
                    }
                }
            },
            layOutFloat: layOut,
            layOutInt8: layOut,
            slideChannel: { channel, layout, border, distances, plane, weights, start, activation, room, out in
                layOut(channel, layout, border, room)
                slide(room, distances, plane, weights, start, activation, out)
            },
            largest: { x, step, kernel, count, out in
                for index in 0..<count {
                    out[index] = (1..<kernel).reduce(x[index * step]) { largest, tap in
                        largest < x[index * step + tap] ? x[index * step + tap] : largest
                    }
                }
            },
            largestLine: { x, stride, lines, count, out in
                for index in 0..<count {
                    out[index] = (0..<lines).reduce(out[index]) { largest, line in
                        largest < x[line * stride + index] ? x[line * stride + index] : largest
                    }
                }
            },
            largestRows: { x, windows, out, stride in
                for row in 0..<windows.rows {
                    for column in 0..<windows.columns {
                        let window = x + row * windows.rowStride + column * windows.step
                        let columns = (0..<windows.kernel).map { tap in
                            (0..<windows.lines).map { window[$0 * windows.lineStride + tap] }
                                .reduce(window[tap]) { $0 < $1 ? $1 : $0 }
                        }
                        out[row * stride + column] = columns.reduce(columns[0]) { $0 < $1 ? $1 : $0 }
                    }
                }
            },
            sumLine: { x, stride, lines, count, out in
                for index in 0..<count { out[index] = (0..<lines).reduce(out[index]) { $0 + x[$1 * stride + index] } }
            })
    }

    @Sendable private static func layOut<Element>(
        _ channel: UnsafePointer<Element>, _ layout: ChannelLayout, _ border: Element,
        _ out: UnsafeMutablePointer<Element>
    ) {
        var target = out
        for z in 0..<layout.depth.size {
            for y in 0..<layout.height.size {
                for phase in 0..<layout.phases {
                    for x in 0..<layout.width.size {
                        target.initialize(to: layout.element(z, y, phase: phase, x).map { channel[$0] } ?? border)
                        target += 1
                    }
                }
            }
        }
    }

    /// Where in the input the place of a lane lies.
    private static func offset(of lane: Int, _ runs: UnsafeBufferPointer<PlaceRun>) -> Int {
        guard let run = runs.last(where: { $0.lane <= lane }) else { preconditionFailure("the first run has lane 0") }
        return run.offset + lane - run.lane
    }
}
