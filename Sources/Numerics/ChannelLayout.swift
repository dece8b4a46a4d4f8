/// A channel with its border: a line has `phases` parts, each of which begins an element of the input behind the one before.
public struct ChannelLayout: Hashable, Sendable {
    /// Which elements of an input stand on an axis; those outside of it are border.
    public struct Axis: Hashable, Sendable {
        /// Elements of the layout, on the axis of width those of one part.
        public var size: Int
        /// Where in the input the first lies.
        public var start: Int
        /// From one to the next, in the input.
        public var step: Int
        /// Elements of the input.
        public var extent: Int

        public init(size: Int, start: Int, step: Int, extent: Int) {
            self.size = size
            self.start = start
            self.step = step
            self.extent = extent
        }
    }

    public var depth: Axis
    public var height: Axis
    public var width: Axis
    public var phases: Int

    public init(depth: Axis, height: Axis, width: Axis, phases: Int) {
        self.depth = depth
        self.height = height
        self.width = width
        self.phases = phases
    }

    /// The element of the input that stands there, or nil where the border does.
    public func element(_ z: Int, _ y: Int, phase: Int, _ x: Int) -> Int? {
        let (z, y) = (depth.start + z * depth.step, height.start + y * height.step)
        let x = width.start + phase + x * width.step
        let isInside =
            (0..<depth.extent).contains(z) && (0..<height.extent).contains(y) && (0..<width.extent).contains(x)
        return isInside ? (z * height.extent + y) * width.extent + x : nil
    }
}
