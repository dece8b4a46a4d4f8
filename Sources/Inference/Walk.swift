import Numerics

/// Three views of the same counts, walked together row by row.
struct Walk {
    /// An element of each of the three, or a step in each.
    struct Place {
        var out: Int
        var left: Int
        var right: Int

        static func + (place: Place, step: Place) -> Place {
            Place(out: place.out + step.out, left: place.left + step.left, right: place.right + step.right)
        }

        static func * (step: Place, times: Int) -> Place {
            Place(out: step.out * times, left: step.left * times, right: step.right * times)
        }

        static func == (first: Place, second: Place) -> Bool {
            first.out == second.out && first.left == second.left && first.right == second.right
        }
    }

    private struct Axis {
        var count: Int
        var step: Place
    }

    private let start: Place
    private var axes: [Axis] = []

    /// The counts of the views must be the same; which elements they meet is for the caller to check.
    init(out: View, left: View, right: View) {
        start = Place(out: out.start, left: left.start, right: right.start)
        for index in out.axes.indices where out.axes[index].count > 1 {
            let axis = Axis(
                count: out.axes[index].count,
                step: Place(out: out.axes[index].step, left: left.axes[index].step, right: right.axes[index].step))
            // Neighbours that are one long axis in all three become one. The outermost stays where threads share it.
            if let last = axes.last, last.step == axis.step * axis.count, Threads.limit == 1 || axes.count > 1 {
                axes[axes.count - 1] = Axis(count: last.count * axis.count, step: axis.step)
            } else {
                axes.append(axis)
            }
        }
        if axes.isEmpty { axes = [Axis(count: 1, step: Place(out: 1, left: 1, right: 1))] }
    }

    /// Calls `body` for each row with its first element, its count and the step from one element to the next.
    ///
    /// Rows run on several threads where `Threads.limit` says so, so the elements of `out` must differ.
    func rows(_ body: (_ place: Place, _ count: Int, _ step: Place) -> Void) {
        guard axes.count > 1 else { return body(start, axes[0].count, axes[0].step) }
        Threads.each(axes[0].count) { index in
            descend(into: 1, from: start + axes[0].step * index, body)
        }
    }

    private func descend(into level: Int, from place: Place, _ body: (Place, Int, Place) -> Void) {
        let axis = axes[level]
        guard level < axes.count - 1 else { return body(place, axis.count, axis.step) }
        var place = place
        for _ in 0..<axis.count {
            descend(into: level + 1, from: place, body)
            place = place + axis.step
        }
    }
}
