import Numerics

/// How an input is laid out with its border so that neighbouring places of a window have neighbouring elements, and each
/// element of the kernel lies at one distance from all places.
///
/// On an axis on which the kernel has one element, only the elements that places meet are there. Where the window moves
/// along the width in steps, a line has its elements sorted by their phase: first those at multiples of the step, then those
/// one further, and so on.
struct BorderedLayout {
    /// An axis of the layout.
    private struct Axis {
        /// Elements that are there.
        let extent: Int
        /// From a place to the next.
        let stride: Int
        /// From an element to the next, in the input.
        let step: Int
        /// Where in the input the first element lies; below 0 in the border.
        let start: Int
        /// From one element of the kernel to the next.
        let dilation: Int
        let kernel: Int

        init(_ window: Window, places: Int) {
            let isSparse = window.kernel == 1
            extent = isSparse ? places : (places - 1) * window.stride + window.reach
            stride = isSparse ? 1 : window.stride
            step = isSparse ? window.stride : 1
            start = -window.before
            dilation = window.dilation
            kernel = window.kernel
        }
    }

    private let axes: [Axis]
    /// Whether there is neither a border nor a kernel, so that a channel's places are its elements.
    private let isFlat: Bool
    /// Extents of the input.
    private let extents: [Int]
    /// Places along depth, height and width.
    let places: [Int]
    /// Elements of one phase of a line.
    private let phaseSize: Int
    /// Elements of a line.
    let lineSize: Int
    /// Elements of a channel.
    let planeSize: Int

    /// - Throws: `TensorError` where so many channels with their border are more than a tensor may have.
    init(_ unfolding: Unfolding, channels: Int) throws {
        // Without a border and steps all lines are one.
        isFlat = unfolding.isIdentity
        extents = isFlat ? [1, 1, unfolding.plane] : unfolding.extents
        places = isFlat ? extents : unfolding.places
        axes = zip(unfolding.windows, places).map { Axis($0, places: $1) }
        let phases = axes[2].stride
        phaseSize = (axes[2].extent - 1) / phases + 1
        lineSize = phaseSize * phases
        _ = try Tensor.count(of: [channels, axes[0].extent, axes[1].extent, lineSize])
        planeSize = axes[0].extent * axes[1].extent * lineSize
    }

    /// From a row of places to the next.
    var rowStride: Int { axes[1].stride * lineSize }

    /// Where the places of an index on the depth axis begin.
    func start(ofDepth index: Int) -> Int {
        index * axes[0].stride * axes[1].extent * lineSize
    }

    /// For each weight of an output channel, how far behind a place it finds its element.
    func distances(channels: Int) -> [Int] {
        var distances: [Int] = []
        distances.reserveCapacity(channels * axes[0].kernel * axes[1].kernel * axes[2].kernel)
        let phases = axes[2].stride
        for channel in 0..<channels {
            for z in 0..<axes[0].kernel {
                for y in 0..<axes[1].kernel {
                    let line = (channel * axes[0].extent + z * axes[0].dilation) * axes[1].extent + y * axes[1].dilation
                    for x in 0..<axes[2].kernel {
                        let (index, phase) = (x * axes[2].dilation).quotientAndRemainder(dividingBy: phases)
                        distances.append(line * lineSize + phase * phaseSize + index)
                    }
                }
            }
        }
        return distances
    }

    /// For each element of an input's channel where it lies in the layout; one behind the last for those that are not there.
    var positions: [Int] {
        let layout = channelLayout
        var positions = [Int](repeating: planeSize, count: extents.reduce(1, *))
        var position = 0
        for z in 0..<layout.depth.size {
            for y in 0..<layout.height.size {
                for phase in 0..<layout.phases {
                    for x in 0..<layout.width.size {
                        if let element = layout.element(z, y, phase: phase, x) { positions[element] = position }
                        position += 1
                    }
                }
            }
        }
        return positions
    }

    /// Calls `body` for each panel's worth of some places, with the first of them and their runs.
    func eachPanel(
        _ range: Range<Int>, _ body: (_ first: Int, _ runs: UnsafeBufferPointer<PlaceRun>, _ lanes: Int) -> Void
    ) {
        let width = PanelSide.right.width
        withUnsafeTemporaryAllocation(of: PlaceRun.self, capacity: width) { runs in
            for first in stride(from: range.lowerBound, to: range.upperBound, by: width) {
                let lanes = min(width, range.upperBound - first)
                var count = 0
                var lane = 0
                while lane < lanes {
                    let (line, column) = (first + lane).quotientAndRemainder(dividingBy: places[2])
                    let (depth, row) = line.quotientAndRemainder(dividingBy: places[1])
                    runs[count] = PlaceRun(lane: lane, offset: start(ofDepth: depth) + row * rowStride + column)
                    count += 1
                    lane += places[2] - column
                }
                body(first, UnsafeBufferPointer(rebasing: runs[..<count]), lanes)
            }
        }
    }

    /// An input between elements that kernels may read.
    struct Content<Element> {
        let elements: [Element]
        /// Where the first channel begins.
        let start: Int
    }

    /// The input laid out; where it lies so already, as it is.
    func laidOut<Element: LaidOutElement>(_ input: [Element], channels: Int, border: Element) -> Content<Element> {
        // One run along a line reads nothing beyond it.
        if isFlat { return Content(elements: input, start: 0) }
        let slack = Panels<Float>.slack
        let size = channels * planeSize + 2 * slack
        let elements = [Element](unsafeUninitializedCapacity: size) { out, count in
            count = size
            input.withUnsafeBufferPointer { input in
                guard let from = input.baseAddress, let to = out.baseAddress else { return }
                to.initialize(repeating: border, count: slack)
                (to + size - slack).initialize(repeating: border, count: slack)
                let plane = extents[0] * extents[1] * extents[2]
                let layout = channelLayout
                Threads.each(channels) { channel in
                    Element.layOut(from + channel * plane, layout, border, to + slack + channel * planeSize)
                }
            }
        }
        return Content(elements: elements, start: slack)
    }

    /// Room for one channel, between elements that kernels may read.
    struct Room<Element: LaidOutElement> {
        let elements: UnsafeMutablePointer<Element>
        let layout: ChannelLayout
        let border: Element

        func layOut(_ channel: UnsafePointer<Element>) { Element.layOut(channel, layout, border, elements) }
    }

    /// Lends room for one channel laid out.
    @inline(__always)
    func withRoom<Element: LaidOutElement>(border: Element, _ body: (Room<Element>) -> Void) {
        let slack = Panels<Float>.slack
        withUnsafeTemporaryAllocation(of: Element.self, capacity: planeSize + 2 * slack) { elements in
            guard let start = elements.baseAddress else { return }
            start.initialize(repeating: border, count: slack)
            (start + slack + planeSize).initialize(repeating: border, count: slack)
            body(Room(elements: start + slack, layout: channelLayout, border: border))
        }
    }

    private var channelLayout: ChannelLayout {
        func axis(_ index: Int) -> ChannelLayout.Axis {
            ChannelLayout.Axis(
                size: axes[index].extent, start: axes[index].start, step: axes[index].step, extent: extents[index])
        }
        var width = axis(2)
        width.size = phaseSize
        width.step *= axes[2].stride
        return ChannelLayout(
            depth: axis(0), height: axis(1), width: width, phases: axes[2].stride)
    }
}

/// What can be laid out.
protocol LaidOutElement: BitwiseCopyable, Sendable {
    /// Writes a channel with its border.
    static var layOut: @Sendable (UnsafePointer<Self>, ChannelLayout, Self, UnsafeMutablePointer<Self>) -> Void { get }
}

extension Float: LaidOutElement {
    static let layOut = WindowKernels.fast.layOutFloat
}

extension Int8: LaidOutElement {
    static let layOut = WindowKernels.fast.layOutInt8
}
