import Numerics

/// A recurrent layer, forward, in reverse, or both beside each other.
struct Recurrent: Operator {
    /// The weights for one way through time.
    private struct Direction: Sendable {
        let isReverse: Bool
        let input: RecurrentWeights
        let state: RecurrentWeights
        let bias: [Float]
        /// From the cell's size to the output's; nil where they are the same.
        let projection: RecurrentWeights?
    }

    private let cell: RecurrentCell
    private let inputSize: Int
    /// Elements of a gate and of the cell state.
    private let size: Int
    /// Elements of the hidden state and of a row that comes out.
    private let outputSize: Int
    private let directions: [Direction]
    private let topCount: Int

    init(_ source: LayerSource, _ cell: RecurrentCell) throws {
        let direction = try source.int("direction")
        guard (0...2).contains(direction) else { throw Misfit("direction is \(direction), wanted 0, 1 or 2") }
        let isInt8 = try source.flag("int8_scale_term")
        let outputSize = try source.int("num_output")
        let size = cell.hasCellState ? try source.int("hidden_size") : outputSize
        guard outputSize > 0, size > 0 else { throw Misfit("makes \(outputSize) outputs from \(size) hidden ones") }

        let ways = direction == 2 ? 2 : 1
        // Four gates of 32-bit sizes cannot overflow.
        let rows = size * cell.gates
        let inputSize = try source.int("weight_data_size") / ways / rows
        let bias = try source.requiredFloats("bias_c_data")
        guard inputSize > 0, bias.count == ways * size * cell.biases else {
            throw Misfit("has \(inputSize) inputs and \(bias.count) biases, wanted \(ways * size * cell.biases)")
        }
        self.cell = cell
        self.inputSize = inputSize
        self.size = size
        self.outputSize = outputSize
        self.topCount = source.topCount
        self.directions = try (0..<ways).map { way in
            Direction(
                isReverse: direction == 1 || way == 1,
                input: try .read(
                    source, "weight_xc_data", direction: way, rows: rows, columns: inputSize, isInt8: isInt8),
                state: try .read(
                    source, "weight_hc_data", direction: way, rows: rows, columns: outputSize, isInt8: isInt8),
                bias: Array(bias[way * size * cell.biases..<(way + 1) * size * cell.biases]),
                projection: size == outputSize
                    ? nil
                    : try .read(
                        source, "weight_hr_data", direction: way, rows: outputSize, columns: size, isInt8: false))
        }
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let bottom = try bottoms.bottom(0)
        guard (1...2).contains(bottom.axisCount), bottom.width == inputSize else {
            throw Misfit("the bottom's shape is \(bottom.shape), wanted rows of \(inputSize)")
        }
        let stateCount = cell.hasCellState ? 2 : 1
        // As in ncnn, states are taken only where all are there.
        let given = bottoms.count == 1 + stateCount ? Array(bottoms.dropFirst()) : []
        var hidden = try State(given.first, directions.count, outputSize)
        var cellState = try State(given.dropFirst().first, directions.count, size)

        let top = try Tensor(floats: [bottom.height, directions.count * outputSize]) { out in
            try bottom.withFloats { values in
                for way in directions.indices {
                    hidden.withRow(way, of: outputSize) { hidden in
                        cellState.withRow(way, of: size) { cellState in
                            walk(directions[way], values, steps: bottom.height, hidden: hidden, cell: cellState) {
                                step in
                                let start = (step * directions.count + way) * outputSize
                                _ = UnsafeMutableBufferPointer(rebasing: out[start..<start + outputSize])
                                    .update(fromContentsOf: hidden)
                            }
                        }
                    }
                }
            }
        }
        let states = try [hidden, cellState].prefix(stateCount).map { try Tensor($0.shape, $0.values) }
        return [top] + (topCount == 1 + stateCount ? states : [])
    }

    /// Goes through time once; `emit` is called behind each step with its row, when the hidden state is the output.
    private func walk(
        _ direction: Direction, _ values: UnsafeBufferPointer<Float>, steps: Int,
        hidden: UnsafeMutableBufferPointer<Float>, cell cellState: UnsafeMutableBufferPointer<Float>,
        emit: (Int) -> Void
    ) {
        let gateSize = size * cell.gates
        // The products with the bottom's rows do not wait for one another, those with the hidden state do.
        let most = min(steps, 64)
        var inputs = [Float](repeating: 0, count: most * gateSize)
        var state = [Float](repeating: 0, count: gateSize)
        var new = [Float](repeating: 0, count: size)
        for done in stride(from: 0, to: steps, by: most) {
            let count = min(most, steps - done)
            let first = direction.isReverse ? steps - done - count : done
            inputs.withUnsafeMutableBufferPointer { inputs in
                direction.input.multiply(
                    UnsafeBufferPointer(rebasing: values[first * inputSize..<(first + count) * inputSize]),
                    into: UnsafeMutableBufferPointer(rebasing: inputs[..<(count * gateSize)]))
            }
            for step in 0..<count {
                let row = direction.isReverse ? count - 1 - step : step
                state.withUnsafeMutableBufferPointer {
                    direction.state.multiply(UnsafeBufferPointer(hidden), into: $0)
                }
                new.withUnsafeMutableBufferPointer { new in
                    inputs.withUnsafeBufferPointer { inputs in
                        state.withUnsafeMutableBufferPointer { state in
                            direction.bias.withUnsafeBufferPointer { bias in
                                guard let input = inputs.baseAddress, let state = state.baseAddress,
                                    let bias = bias.baseAddress, let old = hidden.baseAddress,
                                    let cellState = cellState.baseAddress, let target = new.baseAddress
                                else { return }
                                let gates = RecurrentCell.Step(
                                    input: input + row * gateSize, state: state, bias: bias, size: size)
                                cell.advance(gates, old, cellState, target)
                            }
                        }
                    }
                    if let projection = direction.projection {
                        projection.multiply(UnsafeBufferPointer(new), into: hidden)
                    } else {
                        _ = hidden.update(fromContentsOf: new)
                    }
                }
                emit(first + row)
            }
        }
    }
}

/// A hidden or cell state, a row for each direction.
private struct State {
    let shape: [Int]
    var values: [Float]

    /// - Parameter given: the blob it begins with; nil for zeros.
    init(_ given: Tensor?, _ directions: Int, _ size: Int) throws {
        guard let given else {
            shape = [directions, size]
            values = [Float](repeating: 0, count: try Tensor.count(of: shape))
            return
        }
        guard given.shape == [directions, size] || directions == 1 && given.shape == [size] else {
            throw Misfit("a state has shape \(given.shape), wanted \([directions, size])")
        }
        shape = given.shape
        values = try given.floats()
    }

    mutating func withRow(_ row: Int, of size: Int, _ body: (UnsafeMutableBufferPointer<Float>) -> Void) {
        values.withUnsafeMutableBufferPointer {
            body(UnsafeMutableBufferPointer(rebasing: $0[row * size..<(row + 1) * size]))
        }
    }
}
