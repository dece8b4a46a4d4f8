import Glibc

/// What a recurrent layer makes of its gates, for one step in time.
struct RecurrentCell: Sendable {
    /// What a step is made from. Gates lie one behind the other, each as long as the hidden state.
    struct Step {
        /// The weights times the bottom's row.
        let input: UnsafeBufferPointer<Float>
        /// The weights times the hidden state.
        let state: [Float]
        let bias: [Float]
        /// Length of a gate.
        let size: Int

        /// Bias, input and state of a gate together.
        func gate(_ gate: Int, _ index: Int) -> Float {
            let index = gate * size + index
            return bias[index] + input[index] + state[index]
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

    private static func sigmoid(_ value: Float) -> Float {
        1 / (1 + expf(-value))
    }

    /// ncnn src/layer/rnn.cpp at a4d2ea1d.
    static let rnn = RecurrentCell(gates: 1, biases: 1, hasCellState: false) { step, _, _, new in
        for index in 0..<step.size { new[index] = tanhf(step.gate(0, index)) }
    }

    /// Reset, update, new; the new gate has a bias for each side of its reset (ncnn src/layer/gru.cpp at a4d2ea1d).
    static let gru = RecurrentCell(gates: 3, biases: 4, hasCellState: false) { step, old, _, new in
        let size = step.size
        for index in 0..<size {
            let reset = sigmoid(step.gate(0, index))
            let update = sigmoid(step.gate(1, index))
            let state = step.bias[3 * size + index] + step.state[2 * size + index]
            let value = tanhf(step.bias[2 * size + index] + reset * state + step.input[2 * size + index])
            new[index] = (1 - update) * value + update * old[index]
        }
    }

    /// Input, forget, output, cell (ncnn src/layer/lstm.cpp at a4d2ea1d).
    static let lstm = RecurrentCell(gates: 4, biases: 4, hasCellState: true) { step, _, cell, new in
        for index in 0..<step.size {
            let input = sigmoid(step.gate(0, index))
            let forget = sigmoid(step.gate(1, index))
            let output = sigmoid(step.gate(2, index))
            cell[index] = forget * cell[index] + input * tanhf(step.gate(3, index))
            new[index] = output * tanhf(cell[index])
        }
    }
}
