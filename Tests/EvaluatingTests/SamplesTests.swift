import Inference
import ModelFormat
import Numerics
import SystemPackage
import TestSupport
import Testing

@testable import Evaluating

@Suite("samples of a folder")
struct SamplesTests {
    static let twoInputs = ["Input a 0 1 a", "Input b 0 1 b 0=2", "BinaryOp add 2 1 a b out0 0=0"]

    static func npy(_ shape: [Int], _ values: [Float]) throws -> [UInt8] {
        try #require(NpyFile(shape: shape, values)).bytes
    }

    static func npy(_ shape: [Int], _ values: [Int32]) throws -> [UInt8] {
        try #require(NpyFile(shape: shape, values)).bytes
    }

    static func error(_ folder: FilePath, _ lines: [String] = twoInputs) throws -> String {
        let network = try network(lines)
        return try #require(throws: EvaluationError.self) { try Samples(folder: folder, for: network) }.description
    }

    @Test("come with their labels, every one once, and the first of them from all over the folder")
    func order() throws {
        let folder = try TemporaryFolder()
        let count = 100
        try folder.write("m.eval/a.npy", Self.npy([count, 2], (0..<2 * count).map(Float.init)))
        try folder.write("m.eval/b.npy", Self.npy([count, 2], (0..<2 * count).map { Float(-$0) }))
        try folder.write("m.eval/labels.npy", Self.npy([count], (0..<Int32(count)).map { $0 }))
        let samples = try Samples(folder: folder.path.appending("m.eval"), for: network(Self.twoInputs))
        #expect(samples.dataset == "m.eval")
        #expect(samples.count == count)
        let labels = try #require(samples.labels)
        #expect(Set(labels) == Set(0..<count))
        for (index, label) in labels.enumerated() {
            let sample = try samples.sample(index)
            #expect(sample["a"] == (try Tensor([2], [Float(2 * label), Float(2 * label + 1)])))
            #expect(sample["b"] == (try Tensor([2], [Float(-2 * label), Float(-2 * label - 1)])))
        }
        // Five samples out of a hundred: one from each fifth.
        #expect(Set(labels.prefix(5).map { $0 / 20 }).count == 5)
    }

    @Test("each number is met once whatever the count", arguments: [1, 2, 3, 10, 97, 360, 1000])
    func spread(_ count: Int) {
        let spread = Spread(count)
        #expect(Set((0..<count).map { spread[$0] }) == Set(0..<count))
    }

    @Test("a blob without a file is named")
    func missing() throws {
        let folder = try TemporaryFolder()
        try folder.write("a.npy", Self.npy([1, 2], [1, 2] as [Float]))
        #expect(try Self.error(folder.path) == "b.npy: cannot be opened: no such file or directory")
    }

    @Test("files with other numbers of samples are named with both numbers")
    func counts() throws {
        let folder = try TemporaryFolder()
        try folder.write("a.npy", Self.npy([1, 2], [1, 2] as [Float]))
        try folder.write("b.npy", Self.npy([2, 2], [1, 2, 3, 4] as [Float]))
        #expect(try Self.error(folder.path) == "b.npy: has 2 samples, a.npy has 1")
    }

    @Test("samples of another shape than the model names are refused with both shapes")
    func shape() throws {
        let folder = try TemporaryFolder()
        try folder.write("a.npy", Self.npy([1, 3], [1, 2, 3] as [Float]))
        try folder.write("b.npy", Self.npy([1, 3], [1, 2, 3] as [Float]))
        #expect(try Self.error(folder.path) == "b.npy: has samples of shape [3], the model's input is [2]")
    }

    @Test("a file without an axis for the samples, or without samples, is refused", arguments: [[2], [0, 2], [1, 0]])
    func noSamples(_ shape: [Int]) throws {
        let folder = try TemporaryFolder()
        try folder.write("a.npy", Self.npy(shape, [Float](repeating: 0, count: shape.reduce(1, *))))
        let wanted =
            shape == [1, 0]
            ? "shape [0] has an extent of 0, wanted at least 1"
            : "has shape \(shape), wanted (N, …) with at least one sample"
        #expect(try Self.error(folder.path) == "a.npy: \(wanted)")
    }

    @Test("labels that are no whole numbers, or not as many, are refused")
    func labels() throws {
        let lines = ["Input a 0 1 a", "ReLU r 1 1 a out0"]
        let folder = try TemporaryFolder()
        try folder.write("a.npy", Self.npy([2, 2], [1, 2, 3, 4] as [Float]))
        try folder.write("labels.npy", Self.npy([2], [1, 0.5] as [Float]))
        #expect(try Self.error(folder.path, lines) == "labels.npy: label 1 is 0.5, wanted a whole number")
        try folder.write("labels.npy", Self.npy([3], [1, 0, 1] as [Int32]))
        #expect(try Self.error(folder.path, lines) == "labels.npy: has shape [3], wanted [2]")
        try folder.write("labels.npy", Array("no numpy".utf8))
        #expect(try Self.error(folder.path, lines).hasPrefix("labels.npy at byte 8: has 8 bytes"))
        try folder.write("labels.npy", Self.npy([2], [1, 0] as [Float]))
        #expect(try Samples(folder: folder.path, for: network(lines)).labels.map(Set.init) == [0, 1])
    }

    @Test("a blob's name cannot lead out of the folder", arguments: ["../a", "x/y"])
    func names(_ blob: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("x/y.npy", Self.npy([1, 2], [1, 2] as [Float]))
        let error = try Self.error(folder.path, ["Input a 0 1 \(blob)", "ReLU r 1 1 \(blob) out0"])
        #expect(error.hasSuffix("blob '\(blob)' makes no file name"))
    }
}
