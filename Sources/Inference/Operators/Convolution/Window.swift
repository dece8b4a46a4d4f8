/// How a window moves along one axis: its kernel, the gaps in it, its steps, and the border around the axis.
struct Window: Hashable, Sendable {
    /// Elements of the kernel.
    var kernel = 1
    /// Distance of two elements of the kernel.
    var dilation = 1
    /// Distance of two places of the window.
    var stride = 1
    /// Border before the first element.
    var before = 0
    /// Border behind the last element.
    var after = 0

    /// From the first to the last element of the kernel, both counted.
    var reach: Int { dilation * (kernel - 1) + 1 }

    /// Whether it only looks at one element after the other.
    var isTrivial: Bool { kernel == 1 && stride == 1 && before == 0 && after == 0 }

    /// How many places the window has on an axis.
    ///
    /// - Throws: `Misfit` where it does not fit once.
    func places(on extent: Int) throws -> Int {
        let bordered = extent + before + after
        guard bordered >= reach else {
            throw Misfit("a window of \(reach) does not fit on an axis of \(bordered) elements, border counted")
        }
        return (bordered - reach) / stride + 1
    }

    /// Elements of the border that makes `ceil(extent / stride)` places; below zero where the stride is beyond the kernel.
    func sameBorder(on extent: Int) -> Int {
        reach + (extent - 1) / stride * stride - extent
    }

    /// The same window with another kernel.
    func with(kernel: Int) -> Window {
        var window = self
        window.kernel = kernel
        return window
    }

    /// The same window with another border.
    func with(before: Int, after: Int) -> Window {
        var window = self
        window.before = before
        window.after = after
        return window
    }
}
