import Glibc
import Numerics

/// A convolution whose kernel elements are moved by a second bottom, and weighed by a third where there is one.
struct DeformableConvolution: Operator {
    let windows: [Window]
    let activation: Activation
    let filter: FilterPanels

    init(_ source: LayerSource) throws {
        activation = try Activation(source)
        windows = try zip(source.windows(.two), source.pads(.two)).map { window, pad in
            guard pad.before >= 0, pad.after >= 0 else {
                throw Misfit("has pads of \(pad.before) and \(pad.after), wanted at least 0")
            }
            return window.with(before: pad.before, after: pad.after)
        }
        let stored = try Filter(source, hasInt8: false)
        filter = try FilterPanels(stored, groups: 1, windows: [])
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let bottom = try bottoms.bottom(0)
        let (channels, extents) = try SpatialRank.two.extents(of: bottom)
        let unfolding = try Unfolding(extents: extents, windows: windows)
        try Filter.check(filter.rowCount, inputs: channels, windows: windows)
        guard case .float(let weights) = filter.weights else { throw Misfit("has int8 weights, wanted floats") }
        let elements = windows[1].kernel * windows[2].kernel
        let offsets = try bottoms.bottom(1)
        try Self.check(offsets, "offsets", [2 * elements] + unfolding.places.suffix(2))
        let mask = bottoms.count > 2 ? bottoms[2] : nil
        if let mask { try Self.check(mask, "weights of the elements", [elements] + unfolding.places.suffix(2)) }

        let places = unfolding.placeCount
        let columns = try sampled(
            bottom.floats(), offsets: offsets.floats(), mask: mask?.floats(), channels: channels, unfolding)
        let matrix = Panels(.right, .columns(places, of: filter.rowCount), of: columns)
        return [
            try Tensor(floats: SpatialRank.two.shape(channels: filter.outputs, extents: unfolding.places)) { out in
                let bias = filter.bias ?? [Float](repeating: 0, count: filter.outputs)
                bias.withUnsafeBufferPointer { bias in
                    guard let bias = bias.baseAddress else { return }
                    MatrixProduct.multiply(weights, matrix, startingWith: .ofRow(bias), into: out)
                }
                activation.apply(to: out)
            }
        ]
    }

    private static func check(_ tensor: Tensor, _ name: String, _ shape: [Int]) throws {
        guard tensor.shape == shape else {
            throw Misfit("the shape of the \(name) is \(tensor.shape), wanted \(shape)")
        }
    }

    /// The input at the moved kernel elements: a row for each channel and element, a column for each place.
    private func sampled(
        _ input: [Float], offsets: [Float], mask: [Float]?, channels: Int, _ unfolding: Unfolding
    ) throws -> [Float] {
        let (height, width) = (unfolding.extents[1], unfolding.extents[2])
        let places = unfolding.placeCount
        let elements = windows[1].kernel * windows[2].kernel
        var matrix = try Tensor(floats: [channels, elements, places]) { _ in }.floats()
        for element in 0..<elements {
            let (y, x) = (element / windows[2].kernel, element % windows[2].kernel)
            for place in 0..<places {
                let row = unfolding.coordinate(1, place: place / unfolding.places[2], element: y)
                let column = unfolding.coordinate(2, place: place % unfolding.places[2], element: x)
                let spot = BilinearSpot(
                    y: Float(row) + offsets[2 * element * places + place],
                    x: Float(column) + offsets[(2 * element + 1) * places + place], height: height, width: width)
                guard let spot else { continue }
                let factor = mask?[element * places + place] ?? 1
                for channel in 0..<channels {
                    let value = spot.value(in: input, at: channel * height * width)
                    matrix[(channel * elements + element) * places + place] = value * factor
                }
            }
        }
        return matrix
    }
}

/// A point between four elements of a plane, with the share of each; those outside count as 0.
private struct BilinearSpot {
    private let corners: [(offset: Int, share: Float)]

    /// - Returns: nil for a point that is a whole element or more outside, or no number.
    init?(y: Float, x: Float, height: Int, width: Int) {
        guard y > -1, x > -1, y < Float(height), x < Float(width) else { return nil }
        let (top, left) = (Int(floorf(y)), Int(floorf(x)))
        let (down, right) = (y - Float(top), x - Float(left))
        corners = [
            (top, left, (1 - down) * (1 - right)), (top, left + 1, (1 - down) * right),
            (top + 1, left, down * (1 - right)), (top + 1, left + 1, down * right),
        ].compactMap { row, column, share in
            (0..<height).contains(row) && (0..<width).contains(column) ? (row * width + column, share) : nil
        }
    }

    func value(in values: [Float], at start: Int) -> Float {
        corners.reduce(0) { $0 + $1.share * values[start + $1.offset] }
    }
}
