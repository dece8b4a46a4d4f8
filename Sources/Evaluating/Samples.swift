public import Inference
import ModelFormat
public import Numerics
public import SystemPackage

/// Inputs for a model, read or made one sample at a time.
public struct Samples: Sendable {
    /// Where they come from: the folder's name, or `synthetic`.
    public let dataset: String
    /// How many there are.
    public let count: Int
    /// How they were made, as lower-case clauses.
    public let notes: [String]
    /// The class of each sample, in the order in which `sample` gives them; nil where there are none.
    public let labels: [Int]?
    private let read: @Sendable (Int) throws -> [String: Tensor]

    /// Any source of samples.
    ///
    /// - Parameter read: gives the tensor of each input blob, for the indexes below `count`.
    public init(
        dataset: String, count: Int, labels: [Int]? = nil, notes: [String] = [],
        read: @escaping @Sendable (Int) throws -> [String: Tensor]
    ) {
        self.dataset = dataset
        self.count = count
        self.labels = labels
        self.notes = notes
        self.read = read
    }

    /// A tensor for each input blob.
    ///
    /// - Throws: `EvaluationError` where it cannot be read.
    public func sample(_ index: Int) throws -> [String: Tensor] {
        try read(index)
    }
}

extension Samples {
    /// The samples of a folder that holds `<input blob>.npy` of shape (N, …) for each input blob, and perhaps
    /// `labels.npy` with N whole numbers.
    ///
    /// They come out of order, each prefix of them spread over the folder: data is often sorted by class, and a run that
    /// its budget ends early must not have seen the first classes alone.
    ///
    /// - Throws: `EvaluationError` where a file is missing, is none, or does not fit the model or the other files.
    public init(folder: FilePath, for network: Network) throws(EvaluationError) {
        var blobs: [Stack] = []
        for input in network.layers where input.type == "Input" {
            for (index, blob) in input.tops.enumerated() {
                blobs.append(try Stack(blob, of: folder, wanting: InputShape.named(by: input, top: index)))
            }
        }
        guard let first = blobs.first else {
            throw .samples(
                file: folder.lastComponent?.string ?? "", clause: "the model has no input to give samples to")
        }
        for blob in blobs where blob.count != first.count {
            throw .samples(
                file: blob.bytes.file, clause: "has \(blob.count) samples, \(first.bytes.file) has \(first.count)")
        }
        let labels = try Self.labels(of: folder, count: first.count)
        let order = Spread(first.count)
        let stacks = blobs
        self.init(
            dataset: folder.lastComponent?.string ?? folder.string, count: first.count,
            labels: labels.map { labels in labels.indices.map { labels[order[$0]] } }
        ) { index in
            try Dictionary(
                stacks.map { ($0.blob, try $0.tensor(order[index])) }, uniquingKeysWith: { first, _ in first })
        }
    }

    private static func labels(of folder: FilePath, count: Int) throws(EvaluationError) -> [Int]? {
        let path = folder.appending("labels.npy")
        do {
            try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking]).close()
        } catch Errno.noSuchFileOrDirectory {
            return nil
        } catch {
            // Labels that are there and cannot be read are no missing labels; opening them again says why.
        }
        do throws(FormatError) {
            let source = try FileBytes(path)
            let file = try NpyFile(source, limit: 1 << 28)
            guard file.shape == [count] || file.shape == [count, 1] else {
                throw FormatError(file: source.file, .whole, "has shape \(file.shape), wanted [\(count)]")
            }
            if let integers = file.integers { return integers }
            let floats = file.floats
            let labels = floats.compactMap { Int(exactly: $0) }
            guard labels.count == count else {
                let index = floats.firstIndex { Int(exactly: $0) == nil } ?? 0
                throw FormatError(
                    file: source.file, .whole, "label \(index) is \(floats[index]), wanted a whole number")
            }
            return labels
        } catch {
            throw .format(error)
        }
    }
}

/// One input blob's samples in a file.
private struct Stack: Sendable {
    let blob: String
    let bytes: FileBytes
    let count: Int

    init(_ blob: String, of folder: FilePath, wanting shape: [Int]?) throws(EvaluationError) {
        let name = "\(blob).npy"
        // A blob's name comes from the model, and must not lead out of the folder.
        guard let component = FilePath.Component(name), component.kind == .regular else {
            throw .samples(file: folder.lastComponent?.string ?? "", clause: "blob '\(blob)' makes no file name")
        }
        self.blob = blob
        do throws(FormatError) {
            bytes = try FileBytes(folder.appending(component))
            let found = try NpyHeader.read(from: bytes).shape
            guard found.count > 1, let count = found.first, count > 0 else {
                throw FormatError(
                    file: name, .whole, "has shape \(found), wanted (N, …) with at least one sample")
            }
            let sample = Array(found.dropFirst())
            guard shape == nil || shape == sample else {
                throw FormatError(
                    file: name, .whole, "has samples of shape \(sample), the model's input is \(shape ?? [])")
            }
            do {
                _ = try Tensor.count(of: sample)
            } catch {
                throw FormatError(file: name, .whole, error.clause)
            }
            self.count = count
        } catch {
            throw .format(error)
        }
    }

    func tensor(_ index: Int) throws(EvaluationError) -> Tensor {
        do {
            return try Tensor(NpyFile(sample: index, of: bytes), blob: blob)
        } catch let error as FormatError {
            throw .format(error)
        } catch {
            throw .samples(file: bytes.file, clause: String(describing: error))
        }
    }
}

/// An order of the numbers below `count` in which every prefix is spread over all of them.
struct Spread: Sendable {
    private let count: Int
    private let step: Int

    init(_ count: Int) {
        // Steps of the golden section fall into the largest gaps; without a common divisor they meet every number once.
        var step = max(1, Int(Double(count) * 0.6180339887498949))
        while Self.divisor(step, count) > 1 { step += 1 }
        self.count = count
        self.step = step
    }

    subscript(index: Int) -> Int {
        let (high, low) = index.multipliedFullWidth(by: step)
        return count.dividingFullWidth((high, low)).remainder
    }

    private static func divisor(_ one: Int, _ other: Int) -> Int {
        other == 0 ? one : divisor(other, one % other)
    }
}
