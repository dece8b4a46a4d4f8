import Numerics

/// Memory for elements: a thread's own, for one piece after the other, or that of all threads, for all pieces of an array.
final class PieceBuffer<Element: BitwiseCopyable> {
    private let memory: UnsafeMutableBufferPointer<Element>

    init(_ capacity: Int) {
        memory = .allocate(capacity: capacity)
        LargePages.prefer(for: memory)
    }

    deinit {
        memory.deallocate()
    }

    var capacity: Int { memory.count }

    /// Passes room for `count` elements.
    func with<Result>(_ count: Int, _ body: (UnsafeMutableBufferPointer<Element>) throws -> Result) rethrows -> Result {
        try with(0..<count, body)
    }

    /// Passes a part of it.
    func with<Result>(
        _ range: Range<Int>, _ body: (UnsafeMutableBufferPointer<Element>) throws -> Result
    ) rethrows -> Result {
        try body(UnsafeMutableBufferPointer(rebasing: memory[range]))
    }
}
