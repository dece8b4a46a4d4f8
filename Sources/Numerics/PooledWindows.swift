/// Windows over which something is pooled, in rows and columns, at least one of each.
public struct PooledWindows: Hashable, Sendable {
    public var rows: Int
    /// From a row of windows to the next.
    public var rowStride: Int
    /// Lines of a window.
    public var lines: Int
    /// From a line of a window to the next.
    public var lineStride: Int
    public var columns: Int
    /// From a window of a row to the next.
    public var step: Int
    /// Numbers of a line of a window.
    public var kernel: Int

    public init(rows: Int, rowStride: Int, lines: Int, lineStride: Int, columns: Int, step: Int, kernel: Int) {
        self.rows = rows
        self.rowStride = rowStride
        self.lines = lines
        self.lineStride = lineStride
        self.columns = columns
        self.step = step
        self.kernel = kernel
    }
}
