import Dispatch
import ModelFormat
import Synchronization
import TestSupport
import Testing

@testable import Quantizing

@Suite struct BlockSinkTests {
    /// Keeps the bytes, and notes where each write begins and ends.
    final class NotingSink: ByteSink {
        let content = MemorySink()
        private let notes = Mutex<[Range<Int>]>([])

        var writes: [Range<Int>] { notes.withLock { $0 } }

        func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
            notes.withLock { $0.append(offset..<offset + bytes.count) }
            content.write(bytes, at: offset)
        }

        func cut(to offset: Int) { content.cut(to: offset) }
    }

    static let bytes = (0..<100).map { UInt8($0) }

    static func write(_ part: Range<Int>, to blocks: BlockSink<some ByteSink>) throws {
        try bytes.withUnsafeBytes {
            try blocks.write(UnsafeRawBufferPointer(rebasing: $0[part]), at: part.lowerBound)
        }
    }

    /// Writes parts of `bytes` in this order, in blocks of sixteen.
    static func written(_ parts: [Range<Int>], limit: Int = 16) throws -> NotingSink {
        let sink = NotingSink()
        let blocks = BlockSink(sink, size: 16, limit: limit)
        for part in parts { try write(part, to: blocks) }
        try blocks.finish()
        return sink
    }

    /// Cuts `bytes` at random places and shuffles the parts.
    static func parts(seed: UInt64) -> [Range<Int>] {
        var generator = SeededGenerator(seed: seed)
        let cuts = Set((0..<20).map { _ in Int.random(in: 1..<bytes.count, using: &generator) }).sorted()
        return zip([0] + cuts, cuts + [bytes.count]).map { $0..<$1 }.shuffled(using: &generator)
    }

    @Test("parts in another order are passed on block by block, each as soon as it is full, the last one at the end")
    func gathered() throws {
        let sink = try Self.written([0..<4, 20..<40, 4..<20, 40..<100])
        #expect(sink.writes == [0..<16, 16..<32, 32..<48, 48..<64, 64..<80, 80..<96, 96..<100])
        #expect(sink.content.bytes == Self.bytes)
    }

    @Test("where too many blocks are open, what the oldest has is passed on")
    func oldest() throws {
        let sink = try Self.written([0..<4, 16..<20, 4..<16, 20..<32], limit: 1)
        #expect(sink.writes == [0..<4, 16..<20, 4..<16, 20..<32])
    }

    @Test("parts in any order come where they belong", arguments: 1...10, [1, 2, 16])
    func anyOrder(seed: UInt64, limit: Int) throws {
        #expect(try Self.written(Self.parts(seed: seed), limit: limit).content.bytes == Self.bytes)
    }

    @Test("parts from several threads come where they belong", arguments: [1, 2, 16])
    func severalThreads(limit: Int) throws {
        let sink = NotingSink()
        let blocks = BlockSink(sink, size: 16, limit: limit)
        let parts = Self.parts(seed: 1)
        DispatchQueue.concurrentPerform(iterations: parts.count) { index in
            #expect(throws: Never.self) { try Self.write(parts[index], to: blocks) }
        }
        try blocks.finish()
        #expect(sink.content.bytes == Self.bytes)
    }

    @Test(
        "what is cut off and written anew comes where it belongs, in the middle of a block and at its beginning",
        arguments: [8, 16])
    func cut(place: Int) throws {
        let sink = NotingSink()
        let blocks = BlockSink(sink, size: 16)
        try Self.write(0..<place + 3, to: blocks)
        try Self.write(place + 5..<60, to: blocks)
        try blocks.cut(to: place)
        #expect(sink.content.bytes == Array(Self.bytes[..<place]))
        try Self.write(place..<50, to: blocks)
        try blocks.finish()
        #expect(sink.content.bytes == Array(Self.bytes[..<50]))
    }

    @Test("what keeps a block from being written is thrown where it is full, or at the end")
    func full() throws {
        struct DiskFull: Error {}
        struct Sink: ByteSink {
            func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws { throw DiskFull() }
            func cut(to offset: Int) {}
        }
        let blocks = BlockSink(Sink(), size: 16)
        try Self.write(0..<15, to: blocks)
        #expect(throws: DiskFull.self) { try Self.write(15..<16, to: blocks) }
        try Self.write(16..<20, to: blocks)
        #expect(throws: DiskFull.self) { try blocks.finish() }
    }
}
