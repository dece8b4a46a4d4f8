import Numerics

/// A way through the elements of a tensor that moves none of them: where it starts and, for each axis, how many elements
/// it meets in steps of what size.
///
/// A step of 0 meets an element again and again, a negative one walks back, and axes may share elements. Most layers that
/// only move data are one view of their bottom.
struct View: Hashable, Sendable {
    struct Axis: Hashable, Sendable {
        var count: Int
        var step: Int
    }

    var start = 0
    /// Outermost first.
    var axes: [Axis]

    init(start: Int, axes: [Axis]) {
        self.start = start
        self.axes = axes
    }

    /// All elements of a tensor of this shape, in their order.
    init(_ shape: [Int]) {
        axes = []
        var step = 1
        for count in shape.reversed() {
            axes.append(Axis(count: count, step: step))
            step *= count
        }
        axes.reverse()
    }

    /// How many elements each axis meets.
    var counts: [Int] { axes.map(\.count) }

    /// How many elements it meets; nil where that is more than a number can say.
    var count: Int? {
        var count = 1
        for axis in axes {
            let (product, overflow) = count.multipliedReportingOverflow(by: axis.count)
            guard !overflow else { return nil }
            count = product
        }
        return count
    }

    // MARK: Views of a view

    /// `count` elements of an axis from `first` on.
    ///
    /// - Throws: `Misfit` where the axis does not have them.
    func cut(_ axis: Int, from first: Int, count: Int) throws -> View {
        let extent = axes[axis].count
        guard count >= 1, first >= 0, first <= extent, count <= extent - first else {
            throw Misfit("takes \(count) from \(first) of an axis of \(extent)")
        }
        var view = self
        view.start += first * axes[axis].step
        view.axes[axis].count = count
        return view
    }

    /// The axes in another order; `order` has each of their indexes once.
    func permuted(_ order: [Int]) -> View {
        View(start: start, axes: order.map { axes[$0] })
    }

    /// An axis from its end to its beginning.
    func reversed(_ axis: Int) -> View {
        var view = self
        view.start += (axes[axis].count - 1) * axes[axis].step
        view.axes[axis].step = -axes[axis].step
        return view
    }

    /// Axes of one element that stand for all counts, as broadcasting has it.
    ///
    /// - Throws: `Misfit` where an axis has neither one element nor the wanted count.
    func broadcast(to counts: [Int]) throws -> View {
        guard axes.count == counts.count, zip(axes, counts).allSatisfy({ $0.count == 1 || $0.count == $1 }) else {
            throw Misfit("shape \(self.counts) cannot be broadcast to \(counts)")
        }
        return View(
            start: start, axes: zip(axes, counts).map { Axis(count: $1, step: $0.count == 1 ? 0 : $0.step) })
    }

    /// An axis as two: blocks of `size` elements, and the elements of each. What fills no block is left out.
    func split(_ axis: Int, into size: Int) -> View {
        let (count, step) = (axes[axis].count, axes[axis].step)
        var view = self
        view.axes[axis] = Axis(count: count / size, step: step * size)
        view.axes.insert(Axis(count: size, step: step), at: axis + 1)
        return view
    }

    /// An axis as two: the elements of a window's kernel, and so many places of the window.
    ///
    /// - Throws: `Misfit` where the last place reaches out of the axis.
    func windows(_ axis: Int, _ window: Window, places: Int) throws -> View {
        let (count, step) = (axes[axis].count, axes[axis].step)
        // Each number has 32 bits, so that two products of them fit.
        guard (window.kernel - 1) * window.dilation + (places - 1) * window.stride < count else {
            throw Misfit("\(places) places of a window of \(window.reach) reach out of an axis of \(count)")
        }
        var view = self
        view.axes[axis] = Axis(count: window.kernel, step: window.dilation * step)
        view.axes.insert(Axis(count: places, step: window.stride * step), at: axis + 1)
        return view
    }

    // MARK: Bounds

    /// Whether every element that it meets is one of `count` elements.
    func lies(within count: Int) -> Bool {
        guard axes.allSatisfy({ $0.count >= 1 }) else { return false }
        var (lowest, highest) = (start, start)
        for axis in axes {
            let (reach, overflow) = (axis.count - 1).multipliedReportingOverflow(by: axis.step)
            guard !overflow else { return false }
            let (sum, overflowed) = (reach < 0 ? lowest : highest).addingReportingOverflow(reach)
            guard !overflowed else { return false }
            if reach < 0 { lowest = sum } else { highest = sum }
        }
        return lowest >= 0 && highest < count
    }
}
