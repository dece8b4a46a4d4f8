public import LayerCatalogue
public import ModelFormat
public import Quantizing
public import SystemPackage
public import Vocabulary

/// From three files to two: quantizes a model on disk.
public struct QuantizeJob: Sendable {
    public let param: FilePath
    public let bin: FilePath
    /// nil where there is no calibration table.
    public let table: FilePath?
    public let settings: QuantizeSettings

    /// Text files larger than this are damage, or an attack: the largest `.param` known has a few MiB.
    static let largestText = 256 << 20

    public init(param: FilePath, bin: FilePath, table: FilePath?, settings: QuantizeSettings = QuantizeSettings()) {
        self.param = param
        self.bin = bin
        self.table = table
        self.settings = settings
    }

    /// Opens and checks the model.
    ///
    /// - Throws: `FormatError`.
    public func openModel() throws(FormatError) -> Model<FileBytes> {
        try Model(Self.readParam(param), bin: FileBytes(bin))
    }

    /// Quantizes the model into two files that must not exist yet. Whoever publishes them brings them to the disk.
    ///
    /// - Parameters:
    ///   - floatLayers: layers that stay float whatever the table says, by name.
    ///   - progress: called with the bytes of the `.bin` that are done, and how many there are; begins again where the twin
    ///     is written anew. What it throws ends it.
    /// - Throws: `FormatError` for what is wrong with the input, `Errno` for what keeps the output from being written.
    public func run(
        param outParam: FilePath, bin outBin: FilePath, floatLayers: [String: FloatReason] = [:],
        progress: (Int, Int) throws -> Void = { _, _ in }
    ) throws -> QuantizationReport {
        let model = try openModel()
        let quantization = try Quantization(
            model, table: try readTable(), settings: settings, floatLayers: floatLayers)
        let twin = try Self.writing(outBin) { sink in
            try quantization.write(bin: sink) { try progress($0, model.bin.byteCount) }
        }
        try Self.writing(outParam) { sink in
            try twin.param.withUnsafeBytes { try sink.write($0, at: 0) }
        }
        guard model.bin.isUnchanged else {
            throw FormatError(file: model.bin.file, .whole, "was changed while it was read")
        }
        return twin.report
    }

    /// Reads the calibration table; nil where there is none.
    ///
    /// - Throws: `FormatError`.
    public func readTable() throws(FormatError) -> CalibrationTable? {
        guard let table else { return nil }
        return CalibrationTable(
            try FileBytes.contents(of: table, limit: Self.largestText),
            file: table.lastComponent?.string ?? table.string)
    }

    /// Reads and checks a `.param`.
    ///
    /// - Throws: `FormatError`.
    public static func readParam(_ path: FilePath) throws(FormatError) -> ParamFile {
        try ParamFile(
            FileBytes.contents(of: path, limit: largestText), file: path.lastComponent?.string ?? path.string)
    }

    private static func writing<Result>(_ path: FilePath, _ body: (FileSink) throws -> Result) throws -> Result {
        let descriptor = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
            permissions: [.ownerReadWrite, .groupRead, .otherRead])
        return try descriptor.closeAfter { try body(FileSink(descriptor)) }
    }
}
