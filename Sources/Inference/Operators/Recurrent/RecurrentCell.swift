import Numerics

/// What a recurrent layer makes of its gates, for one step in time.
struct RecurrentCell: Sendable {
    /// What a step is made from. Gates lie one behind the other, each as long as the hidden state.
    struct Step {
        /// The weights times the bottom's row.
        let input: UnsafePointer<Float>
        /// The weights times the hidden state; the gates take their place.
        let state: UnsafeMutablePointer<Float>
        let bias: UnsafePointer<Float>
        /// Length of a gate.
        let size: Int

        /// Where a gate lies.
        func gate(_ gate: Int) -> UnsafeMutablePointer<Float> { state + gate * size }

        /// Adds bias, input and state of the first gates, and applies a function to them.
        func open(_ gates: Range<Int>, _ function: PointwiseKernels.Change) {
            var index = gates.lowerBound * size
            while index < gates.upperBound * size {
                state[index] = bias[index] + input[index] + state[index]
                index &+= 1
            }
            function(UnsafeMutableBufferPointer(start: gate(gates.lowerBound), count: gates.count * size))
        }
    }

    let gates: Int
    let biases: Int
    let hasCellState: Bool
    /// Makes the new hidden state, before any projection, from the old one; the cell state is changed in place.
    let advance:
        @Sendable (
            _ step: Step, _ old: UnsafePointer<Float>, _ cell: UnsafeMutablePointer<Float>,
            _ new: UnsafeMutablePointer<Float>
        ) -> Void

    private static let kernels = PointwiseKernels.fast

    /// ncnn src/layer/rnn.cpp at a4d2ea1d.
    static let rnn = RecurrentCell(gates: 1, biases: 1, hasCellState: false) { step, _, _, new in
        step.open(0..<1, kernels.tanh)
        new.update(from: step.gate(0), count: step.size)
    }

    /// Reset, update, new; the new gate has a bias for each side of its reset (ncnn src/layer/gru.cpp at a4d2ea1d).
    static let gru = RecurrentCell(gates: 3, biases: 4, hasCellState: false) { step, old, _, new in
        let size = step.size
        step.open(0..<2, kernels.sigmoid)
        let (reset, update, state) = (step.gate(0), step.gate(1), step.gate(2))
        for index in 0..<size {
            let past = step.bias[3 * size + index] + state[index]
            new[index] = step.bias[2 * size + index] + reset[index] * past + step.input[2 * size + index]
        }
        kernels.tanh(UnsafeMutableBufferPointer(start: new, count: size))
        for index in 0..<size { new[index] = (1 - update[index]) * new[index] + update[index] * old[index] }
    }

    /// Input, forget, output, cell (ncnn src/layer/lstm.cpp at a4d2ea1d).
    static let lstm = RecurrentCell(gates: 4, biases: 4, hasCellState: true) { step, _, cell, new in
        step.open(0..<3, kernels.sigmoid)
        step.open(3..<4, kernels.tanh)
        let (input, forget, output, candidate) = (step.gate(0), step.gate(1), step.gate(2), step.gate(3))
        for index in 0..<step.size {
            cell[index] = forget[index] * cell[index] + input[index] * candidate[index]
            new[index] = cell[index]
        }
        kernels.tanh(UnsafeMutableBufferPointer(start: new, count: step.size))
        for index in 0..<step.size { new[index] *= output[index] }
    }
}
