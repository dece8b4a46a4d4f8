import CKernels

/// Places of a window that are neighbours, and so are the elements beside them.
public struct PlaceRun: Hashable, Sendable {
    /// The lane of the first one.
    public var lane: Int
    /// Where in the input the first one lies.
    public var offset: Int

    public init(lane: Int, offset: Int) {
        self.lane = lane
        self.offset = offset
    }
}

/// One channel of an input over which a window moves with a kernel of its own.
public struct SlidingPlane: Hashable, Sendable {
    public var rows: Int
    /// From a row of places to the next, in the input.
    public var rowStride: Int
    public var columns: Int

    public init(rows: Int, rowStride: Int, columns: Int) {
        self.rows = rows
        self.rowStride = rowStride
        self.columns = columns
    }
}

/// Windows that move over an input with its border, as values, so that one test can hold every set of them to every other.
///
/// What stands beside a place for an element of the kernel lies at a fixed distance from it. `Panels.slack` elements before
/// and behind the input may be read where a panel has several runs or columns are slid over; so many numbers behind a panel may be
/// written.
public struct WindowKernels: Sendable {
    /// Writes a right panel: for each distance what stands there beside each of up to sixteen places.
    public var unfoldFloat:
        @Sendable (
            _ input: UnsafePointer<Float>, _ distances: UnsafeBufferPointer<Int>, UnsafeBufferPointer<PlaceRun>,
            _ lanes: Int, _ panel: UnsafeMutablePointer<Float>
        ) -> Void
    /// The same of bytes, in words.
    public var unfoldInt8:
        @Sendable (
            _ input: UnsafePointer<Int8>, _ distances: UnsafeBufferPointer<Int>, UnsafeBufferPointer<PlaceRun>,
            _ lanes: Int, _ panel: UnsafeMutablePointer<Int32>
        ) -> Void
    /// `out = activation(start + Σ weights * input)`, each sum one chain in the order of the distances.
    public var slideFloat: SlideFloat
    /// `out = Σ weights * input`, exactly, in 32 bits that wrap; the weights are a left panel of one lane.
    public var slideInt8:
        @Sendable (
            _ input: UnsafePointer<Int8>, _ distances: UnsafeBufferPointer<Int>, SlidingPlane,
            _ weights: UnsafePointer<Int32>, _ out: UnsafeMutablePointer<Int32>
        ) -> Void
    /// Writes a channel with its border as it is laid out.
    public var layOutFloat:
        @Sendable (_ channel: UnsafePointer<Float>, ChannelLayout, _ border: Float, _ out: UnsafeMutablePointer<Float>)
            -> Void
    /// The same of bytes.
    public var layOutInt8:
        @Sendable (_ channel: UnsafePointer<Int8>, ChannelLayout, _ border: Int8, _ out: UnsafeMutablePointer<Int8>) ->
            Void
    /// Slides over a channel that is not laid out yet, of one plane: a few rows of places at a time are, so that they stay in the
    /// nearest cache. `room` is as large as the layout, between elements that kernels may read.
    public var slideChannel:
        @Sendable (
            _ channel: UnsafePointer<Float>, ChannelLayout, _ border: Float, _ distances: UnsafeBufferPointer<Int>,
            SlidingPlane, _ weights: UnsafePointer<Float>, _ start: Float, SumActivation,
            _ room: UnsafeMutablePointer<Float>, _ out: UnsafeMutablePointer<Float>
        ) -> Void
    /// The largest of `kernel` numbers from every `step`th on; the first one stays where a later one is none or no larger.
    public var largest:
        @Sendable (
            _ x: UnsafePointer<Float>, _ step: Int, _ kernel: Int, _ count: Int, _ out: UnsafeMutablePointer<Float>
        ) -> Void
    /// Makes each number of `out` the largest of itself and those of so many lines, `stride` numbers apart; the first one stays
    /// where a later one is none or no larger.
    public var largestLine: Fold
    /// The largest of each window, first of each of its columns and then of these; rows of them are `stride` numbers apart.
    public var largestRows:
        @Sendable (
            _ x: UnsafePointer<Float>, PooledWindows, _ out: UnsafeMutablePointer<Float>, _ stride: Int
        ) -> Void
    /// Adds so many lines, `stride` numbers apart, to `out`, one after the other.
    public var sumLine: Fold

    public typealias SlideFloat =
        @Sendable (
            _ input: UnsafePointer<Float>, _ distances: UnsafeBufferPointer<Int>, SlidingPlane,
            _ weights: UnsafePointer<Float>, _ start: Float, SumActivation, _ out: UnsafeMutablePointer<Float>
        ) -> Void
    public typealias Fold =
        @Sendable (
            _ x: UnsafePointer<Float>, _ stride: Int, _ lines: Int, _ count: Int, _ out: UnsafeMutablePointer<Float>
        ) -> Void
}

extension WindowKernels {
    /// The fast ones for the best instructions that the machine has.
    public static let fast = WindowKernels(.best)

    /// The fast ones for instructions that the machine has.
    public init(_ instructions: InstructionSet) {
        let set = instructions.number
        self.init(
            unfoldFloat: { input, distances, runs, lanes, panel in
                quantd_unfold_float(
                    set, input, distances.baseAddress, distances.count, quantd_places(runs, lanes: lanes), panel)
            },
            unfoldInt8: { input, distances, runs, lanes, panel in
                quantd_unfold_int8(
                    set, input, distances.baseAddress, distances.count, quantd_places(runs, lanes: lanes), panel)
            },
            slideFloat: { input, distances, plane, weights, start, activation, out in
                quantd_slide_float(
                    set, input, quantd_plane(plane, distances), weights, start, quantd_activation(activation), out)
            },
            slideInt8: { input, distances, plane, weights, out in
                quantd_slide_int8(set, input, quantd_plane(plane, distances), weights, out)
            },
            layOutFloat: { channel, layout, border, out in
                quantd_lay_out_float(set, channel, quantd_layout(layout), border, out)
            },
            layOutInt8: { channel, layout, border, out in
                quantd_lay_out_int8(set, channel, quantd_layout(layout), border, out)
            },
            slideChannel: { channel, layout, border, distances, plane, weights, start, activation, room, out in
                quantd_slide_channel(
                    set, channel, quantd_layout(layout), border, quantd_plane(plane, distances), weights, start,
                    quantd_activation(activation), room, out)
            },
            largest: { x, step, kernel, count, out in quantd_largest(set, x, step, kernel, count, out) },
            largestLine: { x, stride, lines, count, out in quantd_largest_line(set, x, stride, lines, count, out) },
            largestRows: { x, windows, out, stride in
                quantd_largest_rows(set, x, quantd_pool(windows), out, stride)
            },
            sumLine: { x, stride, lines, count, out in quantd_sum_line(set, x, stride, lines, count, out) })
    }
}

extension quantd_places {
    init(_ runs: UnsafeBufferPointer<PlaceRun>, lanes: Int) {
        // Both are two words, in the same order.
        let start = UnsafeRawPointer(runs.baseAddress)?.assumingMemoryBound(to: quantd_run.self)
        self.init(runs: start, run_count: runs.count, lanes: lanes)
    }
}

extension quantd_plane {
    init(_ plane: SlidingPlane, _ distances: UnsafeBufferPointer<Int>) {
        self.init(
            distances: distances.baseAddress, depth: distances.count, rows: plane.rows, row_stride: plane.rowStride,
            columns: plane.columns)
    }
}

extension quantd_pool {
    fileprivate init(_ windows: PooledWindows) {
        self.init(
            rows: windows.rows, row_stride: windows.rowStride, lines: windows.lines, line_stride: windows.lineStride,
            columns: windows.columns, step: windows.step, kernel: windows.kernel)
    }
}

extension quantd_layout {
    fileprivate init(_ layout: ChannelLayout) {
        self.init(
            depth: quantd_laid_axis(layout.depth), height: quantd_laid_axis(layout.height),
            width: quantd_laid_axis(layout.width), phases: layout.phases)
    }
}

extension quantd_laid_axis {
    fileprivate init(_ axis: ChannelLayout.Axis) {
        self.init(size: axis.size, start: axis.start, step: axis.step, extent: axis.extent)
    }
}
