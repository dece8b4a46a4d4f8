public import SystemPackage

/// The three files of one model, where they lie now, and the state in which they were seen.
public struct Triple: Hashable, Sendable, Codable {
    /// One file of a triple.
    public struct File: Hashable, Sendable, Codable {
        @CodedPath public private(set) var path: FilePath
        public let identity: FileIdentity

        public init(path: FilePath, identity: FileIdentity) {
            _path = CodedPath(wrappedValue: path)
            self.identity = identity
        }
    }

    public let name: ModelName
    public let param: File
    public let bin: File
    /// nil where the model goes on without a calibration table.
    public let table: File?
    /// The model's own settings, `<name>.toml`; nil where there are none.
    public let settings: File?

    public init(name: ModelName, param: File, bin: File, table: File?, settings: File? = nil) {
        self.name = name
        self.param = param
        self.bin = bin
        self.table = table
        self.settings = settings
    }

    /// The files that are there, in the order param, bin, table, settings.
    public var files: [File] {
        [param, bin] + [table, settings].compactMap(\.self)
    }
}
