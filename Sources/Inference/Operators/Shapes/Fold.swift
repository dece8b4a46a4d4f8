import Numerics

/// The sum of columns at the places of a window that they came from, which is what Unfold takes apart
/// (ncnn src/layer/fold.cpp at a4d2ea1d).
struct Fold: Operator {
    private let height: Window
    private let width: Window
    /// Height and width of the top.
    private let size: [Int]

    private static let sum = PairFormula { x, y in x + y }

    init(_ source: LayerSource) throws {
        let windows = try zip(source.windows(.two), source.pads(.two)).map { window, pads in
            guard pads.before >= 0, pads.after >= 0 else {
                throw Misfit("has pads of \(pads.before) and \(pads.after), wanted at least 0")
            }
            return window.with(before: pads.before, after: pads.after)
        }
        (height, width) = (windows[1], windows[2])
        size = [try source.positive("output_h"), try source.positive("output_w")]
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let bottom = try bottoms.bottom(0)
        let taps = height.kernel * width.kernel
        let places = [try height.places(on: size[0]), try width.places(on: size[1])]
        let count = try Tensor.count(of: places)
        guard bottom.axisCount == 2, bottom.height % taps == 0, bottom.width == count else {
            throw Misfit("has a bottom of shape \(bottom.shape), wanted rows for \(taps) taps and \(count) columns")
        }
        let channels = bottom.height / taps
        let bordered = [
            channels, size[0] + height.before + height.after, size[1] + width.before + width.after,
        ]
        _ = try Tensor.count(of: bordered)
        // Both by channel, tap and place in height, tap and place in width.
        let columns = View([channels, height.kernel, width.kernel, places[0], places[1]]).permuted([0, 1, 3, 2, 4])
        let sums = try View(bordered).windows(2, width, places: places[1]).windows(1, height, places: places[0])
        let top = try bottom.withFloats { values in
            try Tensor(floats: bordered) { out in
                for row in 0..<height.kernel {
                    for column in 0..<width.kernel {
                        let part = try sums.cut(1, from: row, count: 1).cut(3, from: column, count: 1)
                        let column = try columns.cut(1, from: row, count: 1).cut(3, from: column, count: 1)
                        Self.sum.rows(.init(out), part, values, column, into: out, part)
                    }
                }
            }
        }
        let view = try View(bordered)
            .cut(1, from: height.before, count: size[0]).cut(2, from: width.before, count: size[1])
        return [view.counts == bordered ? top : try top.gathered(view)]
    }
}
