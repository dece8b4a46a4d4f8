public import SystemPackage
public import Vocabulary

/// A run's place among the published ones.
public struct PublishedRun: Hashable, Sendable {
    public let model: ModelName
    /// The run's number, from 1.
    public let run: Int

    public init(model: ModelName, run: Int) {
        self.model = model
        self.run = run
    }
}

/// A run folder under its final name: whole, on the disk, and never changed again.
public struct PublishedFolder: Hashable, Sendable {
    /// One file of the folder.
    public struct File: Hashable, Sendable {
        public let path: FilePath
        /// Bytes.
        public let length: Int64
        public let digest: ArtifactDigest
    }

    /// `<output>/<model>/<run>`.
    public let path: FilePath
    /// All files in the order of their names, `SHA256SUMS` included.
    public let files: [File]

    /// The file with this name.
    public func file(_ name: String) -> File? {
        files.first { $0.path.lastComponent?.string == name }
    }
}

/// The files that a run folder holds beside `SHA256SUMS`, by what their names add to the model's last part.
public enum PublishedFile: String, Sendable, CaseIterable {
    case param = "-int8.param"
    case bin = "-int8.bin"
    /// The in-toto statement: where the int8 twin comes from.
    case statement = "-int8.intoto.json"
    /// The signature of the statement, where there is a key.
    case signature = "-int8.intoto.json.sig"

    /// The file's name for a model: `resnet18-int8.param` for `vision/resnet18`.
    public func name(of model: ModelName) -> String {
        model.base + rawValue
    }

    /// The name of the list of digests that is in every run folder.
    public static let checksums = Checksums.fileName
}
