extension Operators {
    /// Recurrent layers.
    static let recurrentOperators: [OperatorType] = [
        OperatorType("RNN") { try Recurrent($0, .rnn) },
        OperatorType("GRU") { try Recurrent($0, .gru) },
        OperatorType("LSTM") { try Recurrent($0, .lstm) },
    ]
}
