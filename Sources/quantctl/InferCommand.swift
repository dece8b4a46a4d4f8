import ArgumentParser
import Foundation
import Images
import Inference
import ModelFormat
import Numerics
import Settings
import SystemPackage
import Working

/// `quantctl infer`: runs a model as ncnn would.
struct InferCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "infer",
        abstract: "Runs a model, fp32 or int8, on inputs from .npy files or images.",
        discussion: """
            Reads <input blob>.npy for each input, one sample without a batch axis, and writes <blob>.npy for the outputs or \
            the named blobs. An input may be an image too, <input blob>.png or .jpg, given as [images] in the file of \
            --settings says (see quantctl evaluate).

              quantctl infer net.param net.bin --inputs in --outputs out
              quantctl infer net-int8.param net-int8.bin --inputs in --outputs out --blob conv5 --threads 2
            """)

    @Argument(help: "The model's .param.", completion: .file(extensions: ["param"]))
    var param: String

    @Argument(help: "The model's .bin.", completion: .file(extensions: ["bin"]))
    var bin: String

    @Option(help: ArgumentHelp("The folder with <input blob>.npy.", valueName: "folder"), completion: .directory)
    var inputs: String

    @Option(
        help: ArgumentHelp(
            "A model's own settings (<name>.toml), whose [images] says how it takes images.", valueName: "file"),
        completion: .file(extensions: ["toml"]))
    var settings: String?

    @Option(
        help: ArgumentHelp("The folder that gets <blob>.npy; it is made.", valueName: "folder"), completion: .directory)
    var outputs: String

    @Option(
        help: ArgumentHelp("A blob to write, instead of the outputs; may be given several times.", valueName: "name"))
    var blob: [String] = []

    @Option(help: "How many threads may be used.")
    var threads = 1

    func validate() throws {
        if !(1...1024).contains(threads) { throw ValidationError("--threads is \(threads), wanted 1 to 1024") }
    }

    func run() throws {
        FreedMemory.keep()
        LargePages.preferForLayers()
        let network = try Network(QuantizeJob.readParam(FilePath(param)), bin: FileBytes(FilePath(bin)))
        var given: [String: Tensor] = [:]
        for name in network.inputs { given[name] = try input(name) }
        let results = try network.run(given, wanting: blob.isEmpty ? nil : blob, threads: threads)
        try FileManager.default.createDirectory(atPath: outputs, withIntermediateDirectories: true)
        for (name, tensor) in results.sorted(by: { $0.key < $1.key }) {
            let path = FilePath(outputs).appending(try Self.fileName(name))
            guard let file = NpyFile(shape: tensor.shape, tensor.values) else {
                throw Complaint("blob \(name) of shape \(tensor.shape) cannot be written as .npy", .no)
            }
            try Data(file.bytes).write(to: URL(fileURLWithPath: path.string), options: .atomic)
            print("\(name)  \(tensor.shape.map(String.init).joined(separator: "×"))  \(path)")
        }
    }

    /// What an input is given: its array, or else its image.
    private func input(_ blob: String) throws -> Tensor {
        let array = FilePath(inputs).appending(try Self.fileName(blob))
        guard let image = try ImageFolder(FilePath(inputs)).images.first(where: { FilePath($0).stem == blob }) else {
            return try Tensor(NpyFile(FileBytes(array)))
        }
        guard !FileManager.default.fileExists(atPath: array.string) else {
            throw Complaint("\(inputs) has \(image) and \(blob).npy, wanted one of the two", .no)
        }
        let own = try settings.map { try ModelSettings(FilePath($0), over: ModelSettings()).run.images }
        return try ImageReader((own ?? nil) ?? ImageSettings()).tensor(FilePath(inputs).appending(image))
    }

    /// A blob's name comes from the model; it must not lead out of the folder.
    private static func fileName(_ blob: String) throws -> String {
        guard !blob.contains("/"), blob != ".", blob != ".." else {
            throw Complaint("the blob '\(blob)' has a name that is no file name", .no)
        }
        return "\(blob).npy"
    }
}

extension Tensor {
    /// The array of a `.npy`: indexes (32 and 64 bits) as int32, everything else, pixels too, as floats.
    fileprivate init(_ file: NpyFile) throws {
        switch file.header.type {
        case .int32, .int64:
            try self.init(file.shape, .int32((file.integers ?? []).map { Int32(clamping: $0) }))
        case .float16, .float32, .float64, .int8, .int16, .uint8, .bool:
            try self.init(file.shape, file.floats)
        }
    }
}
