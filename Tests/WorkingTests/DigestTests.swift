import Foundation
import ModelFormat
import SystemPackage
import TestSupport
import Testing
import Vocabulary

@testable import Working

@Suite("what is known of a .bin")
struct DigestTests {
    private static func file(_ path: FilePath) throws -> Triple.File {
        Triple.File(path: path, identity: try #require(FileIdentity(of: path)))
    }

    private static func partial(_ bytes: [UInt8]) throws -> PartialDigest {
        let folder = try TemporaryFolder()
        let path = try folder.write("net.bin", "")
        try Data(bytes).write(to: URL(fileURLWithPath: path.string))
        return try PartialDigest(of: FileBytes(path))
    }

    @Test("the partial digest is the same for the same bytes, and another one where an end or the length differs")
    func partial() throws {
        for size in [0, 1, 4095, 4096, 4097, 65535, 65536, 65537, 1_000_003] {
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 3) }
            let digest = try Self.partial(bytes)
            #expect(try Self.partial(bytes) == digest, "\(size)")
            #expect(try Self.partial(bytes + [0]) != digest, "\(size)")
            for place in Set([0, size - 1]) where size > 0 {
                var other = bytes
                other[place] ^= 1
                #expect(try Self.partial(other) != digest, "\(size), byte \(place)")
            }
        }
    }

    @Test("the partial digest sees every byte of a small file, and not all of a large one")
    func between() throws {
        for (size, place, isSeen) in [(65536, 40_000, true), (1_000_003, 5000, false)] {
            var bytes = [UInt8](repeating: 3, count: size)
            let digest = try Self.partial(bytes)
            bytes[place] = 4
            #expect(try (Self.partial(bytes) != digest) == isSeen, "\(size)")
        }
    }

    @Test("a digest from the background is that of the file, and of no file that was changed")
    func background() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("net.bin", "abc")
        let file = try Self.file(path)
        let digest = BackgroundDigest(of: file)
        #expect(try digest.value() == ArtifactDigest(of: "abc"))
        #expect(try digest.value() == ArtifactDigest(of: "abc"), "asked again")
        try folder.write("net.bin", "abcd")
        #expect(throws: ChangedFile.self) { try BackgroundDigest(of: file).value() }
    }

    @Test("a file that shrinks or grows while it is read is a changed one, whatever the reader says of it")
    func changed() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("net.bin", "")
        for (before, after) in [(1 << 20, 1 << 19), (1 << 19, 1 << 20)] {
            let writer = try FileHandle(forWritingTo: URL(fileURLWithPath: path.string))
            try writer.truncate(atOffset: UInt64(before))
            let file = try Self.file(path)
            #expect(throws: ChangedFile.self) { try file.digest { try writer.truncate(atOffset: UInt64(after)) } }
        }
    }

    @Test("a digest from the background that is abandoned ends before the file does")
    func abandoned() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("net.bin", "")
        // A hole that would take many minutes.
        try FileHandle(forWritingTo: URL(fileURLWithPath: path.string)).truncate(atOffset: 1 << 40)
        let digest = BackgroundDigest(of: try Self.file(path))
        digest.abandon()
        #expect(throws: CancellationError.self) { try digest.value() }
    }
}
