import Foundation
import Glibc
import SystemPackage
import TestSupport

/// Makes, changes, moves and removes files and folders at random, the same for the same seed.
///
/// Many steps fail, since there is no such file or folder: that too is part of the walk.
struct RandomWalk {
    let root: FilePath
    /// Whether files get second names, which change without an event of their own.
    let links: Bool
    private var generator: SeededGenerator
    /// How often each step was made and worked.
    private(set) var counts: [String: Int] = [:]

    static let folders = ["a", "b", "c"]
    static let stems = ["m", "m.ncnn", "m-opt", "n", "k"]
    static let endings = ["param", "bin", "table", "toml"]
    /// The models that are delivered. What the walk mixes of them is bad in many ways.
    static let models = ["dense", "embed", "conv"]

    /// A step, how often it comes among a hundred others, and what it does; false where nothing came of it.
    private struct Step: Sendable {
        let name: String
        let weight: Int
        let take: @Sendable (inout RandomWalk) -> Bool

        init(_ name: String, _ weight: Int, _ take: @escaping @Sendable (inout RandomWalk) -> Bool) {
            self.name = name
            self.weight = weight
            self.take = take
        }
    }

    private static let steps = [
        Step("deliver a model", 15) { $0.deliver() },
        Step("write a file", 12) { walk in walk.write(walk.file(), walk.content()) },
        Step("write a file in pieces", 4) { $0.writeInPieces() },
        Step("write a file under a hidden name and rename it", 6) { $0.writeHidden() },
        Step("remove a file", 9) { walk in walk.call(walk.file()) { unlink($0) } },
        Step("touch a file", 4) { walk in walk.call(walk.file()) { utimensat(AT_FDCWD, $0, nil, 0) } },
        Step("change a file's mode", 3) { walk in
            let mode = mode_t([0o600, 0o640, 0o644][walk.random(3)])
            return walk.call(walk.file()) { chmod($0, mode) }
        },
        Step("truncate a file", 4) { walk in
            let length = off_t(walk.random(4000))
            return walk.call(walk.file()) { truncate($0, length) }
        },
        Step("rename a file", 6) { walk in walk.call(walk.file(), walk.file()) { rename($0, $1) } },
        Step("make a folder", 9) { walk in walk.call(walk.folder()) { mkdir($0, 0o755) } },
        Step("rename a folder", 9) { walk in walk.call(walk.folder(), walk.folder()) { rename($0, $1) } },
        Step("remove a folder", 2) { $0.removeFolder() },
        Step("exchange two names", 5) { walk in
            let (one, other) = walk.random(2) == 0 ? (walk.file(), walk.file()) : (walk.folder(), walk.folder())
            return (try? renameExchange(one, other)) != nil
        },
        Step("link a file", 3) { walk in walk.links && walk.call(walk.file(), walk.file()) { link($0, $1) } },
        Step("make a symbolic link", 3) { walk in
            walk.links && walk.call(walk.file(), walk.file()) { symlink($0, $1) }
        },
        Step("pause", 6) { walk in usleep(UInt32(walk.random(30_000))) == 0 },
    ]

    init(root: FilePath, seed: UInt64, links: Bool) {
        self.root = root
        self.links = links
        generator = SeededGenerator(seed: seed)
    }

    mutating func step() {
        var choice = random(Self.steps.reduce(0) { $0 + $1.weight })
        for step in Self.steps {
            choice -= step.weight
            guard choice < 0 else { continue }
            if step.take(&self) { counts[step.name, default: 0] += 1 }
            return
        }
    }

    mutating func random(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }

    // MARK: Places

    /// The root, a folder in it or one in that; it need not be there.
    private mutating func folder() -> FilePath {
        var path = root
        for _ in 0..<random(3) { path.append(Self.folders[random(Self.folders.count)]) }
        return path
    }

    private mutating func stem() -> FilePath {
        folder().appending(Self.stems[random(Self.stems.count)])
    }

    private mutating func file() -> FilePath {
        FilePath("\(stem()).\(Self.endings[random(Self.endings.count)])")
    }

    // MARK: Contents

    /// A file of a model, whole, cut short or with a byte too many; or settings.
    private mutating func content() -> [UInt8] {
        let ending = ["param", "bin", "bin", "table", "toml"][random(5)]
        guard ending != "toml" else { return settings() }
        let bytes = Self.bytes(ending, of: Self.models[random(Self.models.count)])
        switch random(6) {
        case 0: return Array(bytes.prefix(random(bytes.count)))
        case 1: return bytes + [0]
        default: return bytes
        }
    }

    private mutating func settings() -> [UInt8] {
        let texts = [
            "table = 'optional'\n", "table = 'required'\n", "[quantize]\nexclude = ['*']\n", "tabel = 'optional'\n",
            "table = ", "",
        ]
        return Array(texts[random(texts.count)].utf8)
    }

    private static func bytes(_ ending: String, of model: String) -> [UInt8] {
        Golden.file(ending, of: model).flatMap { try? Fixtures.bytes($0) } ?? []
    }

    // MARK: Steps

    private mutating func deliver() -> Bool {
        let stem = stem()
        let model = Self.models[random(Self.models.count)]
        var isWhole = true
        for ending in ["param", "bin", "table"].shuffled(using: &generator) {
            isWhole = write(FilePath("\(stem).\(ending)"), Self.bytes(ending, of: model)) && isWhole
        }
        return isWhole
    }

    private mutating func writeInPieces() -> Bool {
        let (path, bytes) = (file(), content())
        let cut = random(bytes.count + 1)
        return write(path, Array(bytes[..<cut])) && write(path, Array(bytes[cut...]), O_APPEND)
    }

    private mutating func writeHidden() -> Bool {
        let (path, bytes) = (file(), content())
        let hidden = path.removingLastComponent().appending(".\(random(1000))")
        guard write(hidden, bytes) else { return false }
        if call(hidden, path, { rename($0, $1) }) { return true }
        _ = call(hidden) { unlink($0) }
        return false
    }

    private mutating func removeFolder() -> Bool {
        let path = folder()
        return path != root && (try? FileManager.default.removeItem(atPath: path.string)) != nil
    }

    /// Truncates and writes, or appends.
    @discardableResult
    private mutating func write(_ path: FilePath, _ bytes: [UInt8], _ flag: CInt = O_TRUNC) -> Bool {
        let file = path.withPlatformString { open($0, O_WRONLY | O_CREAT | O_NONBLOCK | flag, 0o644) }
        guard file >= 0 else { return false }
        defer { close(file) }
        return bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) } == bytes.count
    }

    private func call(_ path: FilePath, _ body: (UnsafePointer<CChar>) -> CInt) -> Bool {
        path.withPlatformString(body) == 0
    }

    private func call(
        _ one: FilePath, _ other: FilePath, _ body: (UnsafePointer<CChar>, UnsafePointer<CChar>) -> CInt
    ) -> Bool {
        one.withPlatformString { one in other.withPlatformString { body(one, $0) } } == 0
    }
}
