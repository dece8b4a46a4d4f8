/// A channel with its border: a line has `phases` parts, each of which begins `phaseStep` elements of the input behind the one
/// before.
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
    public var phaseStep: Int

    public init(depth: Axis, height: Axis, width: Axis, phases: Int, phaseStep: Int) {
        self.depth = depth
        self.height = height
        self.width = width
        self.phases = phases
        self.phaseStep = phaseStep
    }
}
