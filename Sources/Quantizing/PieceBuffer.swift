/// Memory for the elements of a piece, which a thread uses for one piece after the other.
final class PieceBuffer<Element: BitwiseCopyable> {
    private let memory: UnsafeMutableBufferPointer<Element>

    init(_ capacity: Int) {
        memory = .allocate(capacity: capacity)
    }

    deinit {
        memory.deallocate()
    }

    /// Passes room for `count` elements; what was in it before is lost.
    func with<Result>(_ count: Int, _ body: (UnsafeMutableBufferPointer<Element>) throws -> Result) rethrows -> Result {
        try body(UnsafeMutableBufferPointer(rebasing: memory[..<count]))
    }
}
