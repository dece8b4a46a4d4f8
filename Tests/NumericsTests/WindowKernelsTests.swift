import Numerics
import TestSupport
import Testing

/// The fast windows must say what the reference says, to the bit.
@Suite("windows over an input")
struct WindowKernelsTests {
    /// Places of panels: full or not, in one run or in many, one lane long or nearly all.
    static let places: [[PlaceRun]] = [
        [PlaceRun(lane: 0, offset: 0)],
        [PlaceRun(lane: 0, offset: 3), PlaceRun(lane: 1, offset: 40)],
        [PlaceRun(lane: 0, offset: 17), PlaceRun(lane: 7, offset: 31), PlaceRun(lane: 14, offset: 50)],
        (0..<16).map { PlaceRun(lane: $0, offset: $0 * 5 % 37) },
    ]

    /// What an input of 160 numbers has between its slack.
    static let input = (0..<160 + 2 * Panels<Float>.slack).map { Float($0 * 37 % 251) - 125 }

    static let distances = [0, 1, 9, 90, 30, 31, 32, 2, 50, 33]

    @Test("a panel has what stands beside each place, and bytes in words", arguments: places)
    func unfold(_ runs: [PlaceRun]) {
        for lanes in 1...16 {
            let runs = runs.filter { $0.lane < lanes }
            for depth in 1...Self.distances.count {
                let distances = Array(Self.distances[..<depth])
                for set in InstructionSet.present {
                    let (fast, reference) = (WindowKernels(set), WindowKernels.reference(set))
                    #expect(
                        Self.unfolded(fast, runs, lanes, distances) == Self.unfolded(reference, runs, lanes, distances))
                    let words = set.packing.words(.right, depth: depth)
                    #expect(
                        Self.unfoldedBytes(fast, runs, lanes, distances, words)
                            == Self.unfoldedBytes(reference, runs, lanes, distances, words))
                }
            }
        }
    }

    private static func unfolded(
        _ kernels: WindowKernels, _ runs: [PlaceRun], _ lanes: Int, _ distances: [Int]
    ) -> [Float] {
        var panel = [Float](repeating: 0, count: lanes * distances.count + Panels<Float>.slack)
        input.withUnsafeBufferPointer { input in
            distances.withUnsafeBufferPointer { distances in
                runs.withUnsafeBufferPointer { runs in
                    guard let start = input.baseAddress else { return }
                    kernels.unfoldFloat(start + Panels<Float>.slack, distances, runs, lanes, &panel)
                }
            }
        }
        return Array(panel.dropLast(Panels<Float>.slack))
    }

    private static func unfoldedBytes(
        _ kernels: WindowKernels, _ runs: [PlaceRun], _ lanes: Int, _ distances: [Int], _ words: Int
    ) -> [Int32] {
        var panel = [Int32](repeating: 0, count: lanes * words + Panels<Int32>.slack)
        input.map { Int8($0) }.withUnsafeBufferPointer { input in
            distances.withUnsafeBufferPointer { distances in
                runs.withUnsafeBufferPointer { runs in
                    guard let start = input.baseAddress else { return }
                    kernels.unfoldInt8(start + Panels<Int32>.slack, distances, runs, lanes, &panel)
                }
            }
        }
        return Array(panel.dropLast(Panels<Int32>.slack))
    }

    /// Rows that lie apart or lap over each other, few and many.
    private static let rows = [(count: 1, stride: 0), (2, 23), (20, 3)]

    @Test(
        "a kernel that slides over a channel gives the reference's sums and writes nothing else", arguments: 1...22,
        rows)
    func slide(_ columns: Int, _ rows: (count: Int, stride: Int)) {
        let plane = SlidingPlane(rows: rows.count, rowStride: rows.stride, columns: columns)
        for set in InstructionSet.present {
            for activation in ProductKernelsTests.activations {
                for depth in 1...Self.distances.count {
                    let distances = Array(Self.distances[..<depth])
                    let results = [WindowKernels(set), .reference(set)].map {
                        Self.slid($0, ProductKernels(set), distances, plane, activation)
                    }
                    #expect(results[0].floats == results[1].floats, "\(set)")
                    #expect(results[0].sums == results[1].sums, "\(set)")
                }
            }
        }
    }

    private static func slid(
        _ kernels: WindowKernels, _ products: ProductKernels, _ distances: [Int], _ plane: SlidingPlane,
        _ activation: SumActivation
    ) -> (floats: [Float], sums: [Int32]) {
        let depth = distances.count
        let weights = (0..<depth).map { Float($0) * 0.7 - 1.3 }
        let bytes = weights.enumerated().map { Int8($0.offset == 2 ? -128 : $0.element * 20) }
        let panels = bytes.withUnsafeBufferPointer { Panels(.left, .rows(1, of: depth), of: $0, kernels: products) }
        var floats = [Float](repeating: 99, count: plane.rows * plane.columns + 1)
        var sums = [Int32](repeating: 99, count: plane.rows * plane.columns + 1)
        distances.withUnsafeBufferPointer { distances in
            input.withUnsafeBufferPointer { input in
                guard let start = input.baseAddress else { return }
                kernels.slideFloat(start + Panels<Float>.slack, distances, plane, weights, 0.5, activation, &floats)
            }
            input.map { Int8($0) }.withUnsafeBufferPointer { input in
                guard let start = input.baseAddress else { return }
                panels.withPanels { weights in
                    kernels.slideInt8(start + Panels<Int32>.slack, distances, plane, weights, &sums)
                }
            }
        }
        return (floats, sums)
    }

    /// The reference first.
    private static let winogradKernels = [.reference] + InstructionSet.present.map { WinogradKernels($0) }

    @Test("the transforms of tiles are the reference's within rounding, lane by lane", arguments: places)
    func winograd(_ runs: [PlaceRun]) {
        for tile in WinogradTile.allCases {
            let distances = (0..<tile.size).map { $0 / tile.reach * 13 + $0 % tile.reach }
            for lanes in [1, 8, 9, 16] {
                let runs = runs.filter { $0.lane < lanes }
                var results: [[Float]] = []
                for kernels in Self.winogradKernels {
                    var out = [Float](repeating: 0, count: tile.size * 32)
                    Self.input.withUnsafeBufferPointer { input in
                        distances.withUnsafeBufferPointer { distances in
                            runs.withUnsafeBufferPointer { runs in
                                guard let start = input.baseAddress else { return }
                                kernels.gather(tile, start + Panels<Float>.slack, distances, runs, lanes, &out, 32)
                            }
                        }
                    }
                    results.append(out.enumerated().filter { $0.offset % 32 < lanes }.map(\.element))
                }
                // Elements below 126, of which a transform adds up to a hundredfold.
                for result in results.dropFirst() {
                    #expect(zip(results[0], result).allSatisfy { abs($0 - $1) < 1e-2 }, "\(tile), \(lanes) lanes")
                }
            }
        }
    }

    @Test("sums of tiles become places as the reference has it, within rounding", arguments: WinogradTile.allCases)
    func winogradLines(_ tile: WinogradTile) {
        let sums = (0..<tile.size * 20).map { Float($0 * 37 % 251) / 125 - 1 }
        for activation in ProductKernelsTests.activations {
            var results: [[Float]] = []
            for kernels in Self.winogradKernels {
                var out = [Float](repeating: 0, count: 4 * 64)
                kernels.lines(tile, sums, 20, 0.25, activation, &out)
                results.append(out)
            }
            for result in results.dropFirst() {
                #expect(zip(results[0], result).allSatisfy { abs($0 - $1) < 1e-4 }, "\(activation)")
            }
        }
    }

    /// Axes in steps of one to three, with a border on either side, on none, or with more of it than there are elements.
    private static let axes: [ChannelLayout.Axis] = [
        .init(size: 5, start: 0, step: 1, extent: 5), .init(size: 7, start: -1, step: 1, extent: 5),
        .init(size: 4, start: -2, step: 2, extent: 5), .init(size: 9, start: 2, step: 3, extent: 5),
    ]

    /// Nothing but border, one plane, and several of which some are border.
    private static let depths: [ChannelLayout.Axis] = [
        .init(size: 3, start: -7, step: 2, extent: 1), .init(size: 1, start: 0, step: 1, extent: 1),
        .init(size: 4, start: -1, step: 1, extent: 3), .init(size: 3, start: -2, step: 2, extent: 3),
    ]

    @Test("a channel is laid out as the reference does it, line by line and phase by phase", arguments: 1...3)
    func layOut(_ phases: Int) {
        for extent in [1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 33, 40] {
            for (step, start) in [(1, 0), (1, -1), (2, -1), (2, 1), (3, -4), (4, -1), (1, -50)] {
                let width = ChannelLayout.Axis(size: extent / step + 2, start: start, step: step, extent: extent)
                for height in Self.axes {
                    for depth in Self.depths {
                        let layout = ChannelLayout(
                            depth: depth, height: height, width: width, phases: phases)
                        let channel = (0..<extent * height.extent * depth.extent).map { Float($0 % 251) - 125 }
                        let count = depth.size * height.size * width.size * phases
                        let kernels = InstructionSet.present.flatMap { [WindowKernels($0), .reference($0)] }
                        let results = kernels.map { kernels in
                            var out = [Float](repeating: 99, count: count + 1)
                            kernels.layOutFloat(channel, layout, 0.5, &out)
                            return out
                        }
                        #expect(results.allSatisfy { $0 == results[1] }, "\(layout)")
                        let bytes = kernels.map { kernels in
                            var out = [Int8](repeating: 99, count: count + 1)
                            kernels.layOutInt8(channel.map { Int8($0) }, layout, -7, &out)
                            return out
                        }
                        #expect(bytes.allSatisfy { $0 == bytes[1] }, "\(layout)")
                    }
                }
            }
        }
    }

    @Test(
        "a channel that is laid out a few rows at a time gives the reference's sums and writes nothing else",
        arguments: [1, 2, 3], [1, 2, 3, 4])
    func slideChannel(_ stride: Int, _ kernel: Int) {
        // So small that it is laid out at once, and so large that it is not; one row of places and many.
        for (width, height) in [(1, 1), (7, 5), (15, 40), (16, 3), (17, 2), (18, 161), (33, 80), (113, 90), (1200, 9)] {
            let (columns, rows) = ((width - 1) / stride + 1, (height - 1) / stride + 1)
            let lineSize = ((columns - 1) * stride + kernel - 1) / stride + 1
            let layout = ChannelLayout(
                depth: .init(size: 1, start: 0, step: 1, extent: 1),
                height: .init(size: (rows - 1) * stride + kernel, start: -1, step: 1, extent: height),
                width: .init(size: lineSize, start: -1, step: stride, extent: width), phases: stride)
            let distances = (0..<kernel * kernel).map {
                ($0 / kernel * stride + $0 % kernel % stride) * lineSize + $0 % kernel / stride
            }
            let plane = SlidingPlane(rows: rows, rowStride: stride * stride * lineSize, columns: columns)
            let channel = (0..<width * height).map { Float($0 * 37 % 251) - 125 }
            let weights = (0..<kernel * kernel).map { Float($0) * 0.7 - 1.3 }
            let size = layout.height.size * stride * lineSize
            for set in InstructionSet.present {
                for activation in ProductKernelsTests.activations {
                    let results = [WindowKernels(set), .reference(set)].map { kernels in
                        var room = [Float](repeating: 0, count: size + 2 * Panels<Float>.slack)
                        var out = [Float](repeating: 99, count: rows * columns + 1)
                        room.withUnsafeMutableBufferPointer { room in
                            distances.withUnsafeBufferPointer { distances in
                                guard let start = room.baseAddress else { return }
                                kernels.slideChannel(
                                    channel, layout, 0.5, distances, plane, weights, 0.25, activation,
                                    start + Panels<Float>.slack, &out)
                            }
                        }
                        return out
                    }
                    #expect(results[0] == results[1], "\(set), \(width) by \(height)")
                }
            }
        }
    }

    @Test("lines are folded as the reference does it, also what is no number", arguments: 0...4)
    func fold(_ lines: Int) {
        let values = Self.input.enumerated().map { $0.offset % 23 == 7 ? Float.nan : $0.element }
        for count in [1, 7, 8, 15, 16, 17, 33] {
            for fold in [\WindowKernels.largestLine, \WindowKernels.sumLine] {
                let results = InstructionSet.present.flatMap { [WindowKernels($0), .reference($0)] }.map { kernels in
                    var out = Array(values[100..<100 + count]) + [99]
                    kernels[keyPath: fold](values, 34, lines, count, &out)
                    return out.map { $0.isNaN ? nil : $0 }
                }
                #expect(results.allSatisfy { $0 == results[1] }, "\(count)")
            }
        }
    }

    @Test("the largest of each window is the reference's, also among what is no number", arguments: 1...3)
    func largest(_ step: Int) {
        let values = Self.input.enumerated().map { $0.offset % 23 == 7 ? Float.nan : $0.element }
        for kernel in 1...4 {
            for count in [0, 1, 7, 8, 9, 15, 16, 17, 40] {
                let results = InstructionSet.present.flatMap { [WindowKernels($0), .reference($0)] }.map { kernels in
                    var out = [Float](repeating: 99, count: count + 1)
                    kernels.largest(values, step, kernel, count, &out)
                    return out.map(\.bitPattern)
                }
                #expect(results.allSatisfy { $0 == results[0] }, "\(kernel), \(count)")
            }
        }
    }

    @Test("the largest of rows of windows is the reference's, also among what is no number", arguments: 1...3, 1...4)
    func largestRows(_ step: Int, _ kernel: Int) {
        let width = 90
        let values = (0..<width * 9).map { $0 % 23 == 7 ? Float.nan : Float($0 * 37 % 251) - 125 }
        for columns in [1, 2, 7, 8, 9, 15, 16, 17, 28] {
            for (rows, lines) in [(1, 1), (1, 4), (2, 3), (3, 2), (4, 1)] {
                let windows = PooledWindows(
                    rows: rows, rowStride: step * width, lines: lines, lineStride: width, columns: columns, step: step,
                    kernel: kernel)
                guard (columns - 1) * step + kernel <= width, (rows - 1) * step + lines <= 9 else { continue }
                let results = InstructionSet.present.flatMap { [WindowKernels($0), .reference($0)] }.map { kernels in
                    var out = [Float](repeating: 99, count: rows * (columns + 1))
                    kernels.largestRows(values, windows, &out, columns + 1)
                    return out.map(\.bitPattern)
                }
                #expect(results.allSatisfy { $0 == results[1] }, "\(windows)")
            }
        }
    }
}
