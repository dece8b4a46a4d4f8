import CKernels

/// Windows over small channels of which each has a kernel of its own, as values, so that one test can hold every set of them to
/// every other.
///
/// Sixteen channels lie side by side, element by element, so that a place is a vector.
public struct ChannelKernels: Sendable {
    /// The most channels at a time.
    public static let channels = Int(QUANTD_CHANNELS)
    /// The most elements of a kernel.
    public static let mostTaps = Int(QUANTD_CHANNEL_TAPS)

    /// `out = activation(start + Σ weights * input)` for up to sixteen channels, each sum one chain in the order of the
    /// distances.
    ///
    /// - Parameters:
    ///   - positions: where each element of a channel lies in the layout.
    ///   - border: what stands there where no element lies.
    ///   - room: sixteen numbers for each position of the layout.
    public var slide:
        @Sendable (
            _ input: UnsafePointer<Float>, _ channels: Int, _ positions: UnsafeBufferPointer<Int>, _ border: Float,
            _ distances: UnsafeBufferPointer<Int>, SlidingPlane, _ weights: UnsafePointer<Float>,
            _ starts: UnsafePointer<Float>, SumActivation, _ room: UnsafeMutableBufferPointer<Float>,
            _ out: UnsafeMutablePointer<Float>
        ) -> Void
}

extension ChannelKernels {
    /// The fast ones for the best instructions that the machine has.
    public static let fast = ChannelKernels(.best)

    /// The fast ones for instructions that the machine has.
    public init(_ instructions: InstructionSet) {
        let set = instructions.number
        self.init(slide: {
            input, channels, positions, border, distances, plane, weights, starts, activation, room, out in
            let side = quantd_channels(
                channels: channels, positions: positions.baseAddress, elements: positions.count,
                size: room.count / Self.channels, border: border)
            quantd_slide_channels(
                set, input, side, quantd_plane(plane, distances), weights, starts, quantd_activation(activation),
                room.baseAddress, out)
        })
    }

    /// The readable ones, which say what the fast ones for some instructions must compute.
    public static func reference(_ instructions: InstructionSet) -> ChannelKernels {
        let slide = WindowKernels.reference(instructions).slideFloat
        return ChannelKernels(slide: {
            input, channels, positions, border, distances, plane, weights, starts, activation, room, out in
            for channel in 0..<channels {
                var laid = [Float](repeating: border, count: room.count / Self.channels)
                for (element, position) in positions.enumerated() {
                    laid[position] = input[channel * positions.count + element]
                }
                slide(
                    laid, distances, plane, weights + channel * distances.count, starts[channel], activation,
                    out + channel * plane.rows * plane.columns)
            }
        })
    }
}
