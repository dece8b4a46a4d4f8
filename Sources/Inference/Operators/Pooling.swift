import Numerics

/// Largest or mean values of windows that move along one, two or three axes.
struct Pooling: Operator {
    enum Method: Sendable {
        case max
        /// Whether the border counts as elements of value 0.
        case mean(countsBorder: Bool)
    }

    enum Mode: Sendable {
        /// One window over everything; the tops are vectors of channels.
        case global
        /// As many windows as there shall be places, of nearly the same size; nil keeps an axis as it is.
        case adaptive([Int?])
        case windows([Window], PadMode)
    }

    /// What becomes of the places at the end that a window reaches only in part (ncnn's `pad_mode`).
    enum PadMode: Int, Sendable {
        /// The border grows until the last window is whole.
        case full = 0
        case valid
        case sameUpper
        case sameLower
    }

    let rank: SpatialRank
    let method: Method
    let mode: Mode

    init(_ source: LayerSource, _ rank: SpatialRank) throws {
        self.rank = rank
        let type = try source.int("pooling_type")
        switch type {
        case 0: method = .max
        case 1: method = .mean(countsBorder: try source.flag("avgpool_count_include_pad"))
        default: throw Misfit("pooling_type is \(type), wanted 0 or 1")
        }
        if try source.flag("global_pooling") {
            mode = .global
        } else if try source.flag("adaptive_pooling") {
            let places = try rank.axes.map { axis in
                let count = try source.int("out_\(axis.ending)")
                // One axis has no mark for "as it is".
                return count == -233 && rank != .one ? nil : count
            }
            mode = .adaptive(rank.three(places, or: 1))
        } else {
            let number = try source.int("pad_mode")
            guard let padMode = PadMode(rawValue: number) else { throw Misfit("pad_mode is \(number), wanted 0 to 3") }
            let windows = try zip(source.windows(rank, isDilated: false), source.pads(rank)).map { window, pad in
                guard pad.before >= 0, pad.after >= 0 else {
                    throw Misfit("has pads of \(pad.before) and \(pad.after), wanted at least 0")
                }
                return window.with(before: pad.before, after: pad.after)
            }
            mode = .windows(windows, padMode)
        }
    }

    /// One place of a window on one axis.
    private struct Span {
        /// Elements of the input that it covers.
        let inside: Range<Int>
        /// Whether it covers border too.
        let touchesBorder: Bool
        /// Elements, of the input and the border, by which a mean divides.
        let counted: Int
    }

    /// The places of a window on one axis; made when they are asked for, a param may want very many.
    private struct Places {
        let count: Int
        /// Those that lie within the input with a whole window each.
        var whole = Whole()
        let span: (Int) -> Span

        /// The same, made once.
        func kept() -> Places {
            let spans = (0..<count).map(span)
            return Places(count: count, whole: whole) { spans[$0] }
        }
    }

    /// Places whose windows are neither cut nor next to a border.
    private struct Whole {
        var places = 0..<0
        var kernel = 1
        var stride = 1
        /// Where the first of them begins.
        var start = 0
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let bottom = try bottoms.bottom(0)
        let (channels, extents) = try rank.extents(of: bottom)
        let places: [Places]
        switch mode {
        case .global:
            if case .mean = method { return [try means(of: bottom, channels: channels)] }
            places = extents.map { extent in
                Places(count: 1) { _ in Span(inside: 0..<extent, touchesBorder: false, counted: extent) }
            }
            return [try pool(bottom, extents, places, shape: [channels])]
        case .adaptive(let wanted):
            places = zip(wanted, extents).map { wanted, extent in
                let count = wanted ?? extent
                return Places(count: count) { place in
                    let range = extent * place / count..<(extent * (place + 1) + count - 1) / count
                    return Span(inside: range, touchesBorder: false, counted: range.count)
                }
            }
        case .windows(let windows, let padMode):
            let bordered = Self.bordered(windows, on: extents, padMode)
            places = try (0..<3).map { axis in
                let count = try bordered[axis].places(on: extents[axis])
                return self.places(count, of: windows[axis], bordered[axis], extent: extents[axis], padMode)
            }
        }
        return [try pool(bottom, extents, places, shape: rank.shape(channels: channels, extents: places.map(\.count)))]
    }

    /// The mean of each channel. In double: the sum of a whole map has more terms than 24 bits tell apart.
    private func means(of bottom: Tensor, channels: Int) throws -> Tensor {
        let (size, sum) = (bottom.count / channels, RowKernels.fast.sum)
        return try bottom.withFloats { values in
            try Tensor(everyFloat: [channels]) { out in
                Threads.each(channels) { channel in
                    guard let values = values.baseAddress else { return }
                    out[channel] = Float(sum(values + channel * size, size) / Double(size))
                }
            }
        }
    }

    /// The windows with the borders that they really have.
    private static func bordered(_ windows: [Window], on extents: [Int], _ padMode: PadMode) -> [Window] {
        switch padMode {
        case .valid: windows
        case .sameUpper: Border.sameUpper.applied(to: windows, extents: extents)
        case .sameLower: Border.sameLower.applied(to: windows, extents: extents)
        case .full:
            zip(windows, extents).map { window, extent in
                let rest = (extent + window.before + window.after - window.kernel) % window.stride
                let tail = rest == 0 ? 0 : window.stride - rest
                return window.with(before: window.before, after: window.after + tail)
            }
        }
    }

    private func places(
        _ count: Int, of window: Window, _ bordered: Window, extent: Int, _ padMode: PadMode
    ) -> Places {
        // A mean without border leaves out what the pads say, also where the border is another: that of the same modes
        // is counted (ncnn src/layer/pooling.cpp at a4d2ea1d).
        let tail = padMode == .full ? bordered.after - window.after : 0
        let countedEnd = extent + bordered.before + bordered.after - window.after - tail
        let countsBorder = if case .mean(countsBorder: true) = method { true } else { false }
        let first = (bordered.before + window.stride - 1) / window.stride
        let last = extent + bordered.before - window.kernel
        let end = last < 0 ? 0 : last / window.stride + 1
        let whole = Whole(
            places: first..<max(first, min(end, count)), kernel: window.kernel, stride: window.stride,
            start: first * window.stride - bordered.before)
        return Places(count: count, whole: whole) { place in
            let start = place * window.stride
            let end = start + window.kernel
            let first = min(max(start - bordered.before, 0), extent)
            let last = min(max(end - bordered.before, first), extent)
            let counted = max(0, min(end, countedEnd) - max(start, window.before))
            return Span(
                inside: first..<last, touchesBorder: last - first < window.kernel,
                counted: countsBorder ? window.kernel : counted)
        }
    }

    private func pool(_ bottom: Tensor, _ extents: [Int], _ places: [Places], shape: [Int]) throws -> Tensor {
        _ = try Tensor.count(of: shape)
        // A param may want far more places than there are elements; only where it does not they are worth keeping.
        var places = places
        for axis in 1...2 where places[axis].count <= extents[axis] { places[axis] = places[axis].kept() }
        let input = try bottom.floats()
        let plane = extents[0] * extents[1] * extents[2]
        let isMax = if case .max = method { true } else { false }
        // Taken out of their structs once: what a loop counts references to takes longer than a line.
        let (depths, rows, columns, width) = (places[0], places[1], places[2].span, places[2].count)
        let (largest, wholePlaces) = (WindowKernels.fast.largest, places[2].whole)
        let (largestRows, wholeWindows) = (WindowKernels.fast.largestRows, isMax ? Self.windows(places, extents) : nil)
        let wholeRows = wholeWindows == nil ? 0..<0 : rows.whole.places
        let fold = isMax ? WindowKernels.fast.largestLine : WindowKernels.fast.sumLine
        return try Tensor(everyFloat: shape) { out in
            let outPlane = out.count / (input.count / plane)
            Threads.each(input.count / plane) { channel in
                input.withUnsafeBufferPointer { input in
                    withUnsafeTemporaryAllocation(of: Float.self, capacity: extents[2]) { line in
                        guard let base = input.baseAddress, let line = line.baseAddress else { return }
                        let plane = base + channel * plane
                        var position = channel * outPlane
                        if let wholeWindows, let target = out.baseAddress {
                            largestRows(
                                plane + rows.whole.start * extents[2] + wholePlaces.start, wholeWindows,
                                target + position + wholeRows.lowerBound * width + wholePlaces.places.lowerBound,
                                width)
                            if wholeRows.count == rows.count, wholePlaces.places.count == width { return }
                        }
                        for z in (0..<depths.count).lazy.map(depths.span) {
                            for row in 0..<rows.count {
                                let y = rows.span(row)
                                // Whether only those before and behind the whole ones are left.
                                let isDone = wholeRows.contains(row)
                                let isOpen =
                                    z.touchesBorder || y.touchesBorder || z.inside.isEmpty || y.inside.isEmpty
                                let whole = isMax && !isOpen ? wholePlaces : Whole()
                                if !isDone {
                                    // First all lines of the window become one, which vector instructions do.
                                    Self.reduce(plane, extents, z, y, to: line, isMax: isMax, fold)
                                    if let target = out.baseAddress {
                                        largest(
                                            line + whole.start, whole.stride, whole.kernel, whole.places.count,
                                            target + position + whole.places.lowerBound)
                                    }
                                }
                                // Those before and behind the whole ones.
                                var place = whole.places.lowerBound == 0 ? whole.places.upperBound : 0
                                while place < width {
                                    let x = columns(place)
                                    if isDone { Self.foldLargest(plane, extents[2], y.inside, x.inside, to: line) }
                                    if isMax {
                                        out[position + place] = Self.largest(
                                            line, x, orLowest: isOpen || x.touchesBorder)
                                    } else {
                                        // Nothing may be counted: the mean is then no number, as in ncnn.
                                        let count = Float(z.counted) * Float(y.counted) * Float(x.counted)
                                        out[position + place] = Self.sum(line, x) / count
                                    }
                                    place += 1
                                    if place == whole.places.lowerBound { place = whole.places.upperBound }
                                }
                                position += width
                            }
                        }
                    }
                }
            }
        }
    }

    /// The windows of a channel that are whole along height and width, where they are of one plane.
    private static func windows(_ places: [Places], _ extents: [Int]) -> PooledWindows? {
        let (rows, columns) = (places[1].whole, places[2].whole)
        guard extents[0] == 1, places[0].count == 1, !places[0].span(0).touchesBorder, !rows.places.isEmpty,
            !columns.places.isEmpty
        else { return nil }
        return PooledWindows(
            rows: rows.places.count, rowStride: rows.stride * extents[2], lines: rows.kernel, lineStride: extents[2],
            columns: columns.places.count, step: columns.stride, kernel: columns.kernel)
    }

    /// Writes, for each element of a line, the largest or the sum of those that lie above one another in the window.
    private static func reduce(
        _ values: UnsafePointer<Float>, _ extents: [Int], _ z: Span, _ y: Span, to line: UnsafeMutablePointer<Float>,
        isMax: Bool, _ fold: WindowKernels.Fold
    ) {
        let (width, lines) = (extents[2], y.inside.count)
        guard lines > 0, !z.inside.isEmpty else {
            line.update(repeating: isMax ? -Float.greatestFiniteMagnitude : 0, count: width)
            return
        }
        for (index, depth) in z.inside.enumerated() {
            let first = values + (depth * extents[1] + y.inside.lowerBound) * width
            // The first line is there as it is, since it may be lower than all numbers or none.
            let skipped = index == 0 ? 1 : 0
            if skipped == 1 { line.update(from: first, count: width) }
            fold(first + skipped * width, width, lines - skipped, width, line)
        }
    }

    /// Writes the largest of a few elements of a line, too few for a kernel.
    private static func foldLargest(
        _ plane: UnsafePointer<Float>, _ width: Int, _ lines: Range<Int>, _ columns: Range<Int>,
        to line: UnsafeMutablePointer<Float>
    ) {
        var column = columns.lowerBound
        while column < columns.upperBound {
            var largest = plane[lines.lowerBound &* width &+ column]
            var y = lines.lowerBound &+ 1
            while y < lines.upperBound {
                let next = plane[y &* width &+ column]
                largest = largest < next ? next : largest
                y &+= 1
            }
            line[column] = largest
            column &+= 1
        }
    }

    /// - Parameter orLowest: whether something beyond the elements counts, as the lowest number.
    private static func largest(_ line: UnsafePointer<Float>, _ span: Span, orLowest: Bool) -> Float {
        var largest = orLowest || span.inside.isEmpty ? -Float.greatestFiniteMagnitude : line[span.inside.lowerBound]
        var index = span.inside.lowerBound
        while index < span.inside.upperBound {
            largest = largest < line[index] ? line[index] : largest
            index &+= 1
        }
        return largest
    }

    private static func sum(_ line: UnsafePointer<Float>, _ span: Span) -> Float {
        var sum: Float = 0
        var index = span.inside.lowerBound
        while index < span.inside.upperBound {
            sum += line[index]
            index &+= 1
        }
        return sum
    }
}
