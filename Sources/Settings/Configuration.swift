public import SystemPackage
import TOMLKit

/// Everything that an operator can set, as `Config/quantd.toml` documents it.
public struct Configuration: Hashable, Sendable {
    /// The watched folder.
    public var models: FilePath
    /// Where int8 twins are published.
    public var output: FilePath
    /// Where the ledger lies.
    public var state: FilePath
    /// How long the files of a model must not have changed before it is looked at.
    public var settle: Duration
    /// How often the whole folder is listed again, whatever the events say.
    public var rescan: Duration
    /// Whether a model can go on without a calibration table.
    public var table: TableRule
    /// Models that are quantized at the same time, each by a worker process of its own.
    public var workers: Int
    /// The private key with which statements are signed; nil where they are not.
    public var signingKey: FilePath?
    /// The program that is started as a worker, with its arguments; empty for this very program.
    public var workerCommand: [String]
    /// Memory that a worker may use, in MiB; 0 for as much as there is.
    public var workerMebibytes: Int
    /// How long a worker may take for a model.
    public var workerTime: Duration
    /// Where metrics for Prometheus are written; nil for nowhere.
    public var metricsFile: FilePath?
    /// What decides what comes of a run; a model's own settings go over it.
    public var run: RunSettings

    /// Whether a calibration table is needed.
    public enum TableRule: String, Hashable, Sendable, Codable, CaseIterable {
        /// A model without a table waits.
        case required
        /// A model without a table goes on with the layers that need none.
        case optional
    }

    public init(models: FilePath, output: FilePath, state: FilePath) {
        self.models = models
        self.output = output
        self.state = state
        settle = .seconds(1)
        rescan = .seconds(300)
        table = .required
        workers = 1
        workerCommand = []
        workerMebibytes = 4096
        workerTime = .seconds(3600)
        run = RunSettings()
    }

    /// Reads a configuration.
    ///
    /// - Parameters:
    ///   - text: TOML; an unknown key is an error, since a misspelt one would silently do nothing.
    ///   - file: its name, for errors.
    /// - Throws: `ConfigurationError` with line and column where TOML has them, else with the key.
    public init(toml text: String, file: String) throws(ConfigurationError) {
        let document = try TomlDocument.decode(Document.self, from: text, file: file)
        func folder(_ key: String, _ value: String?) throws(ConfigurationError) -> FilePath {
            guard let value else { throw ConfigurationError(file: file, "the key '\(key)' is missing") }
            let path = FilePath(value)
            guard path.isAbsolute else {
                throw ConfigurationError(file: file, "\(key) is '\(value)', wanted an absolute path")
            }
            return path.lexicallyNormalized()
        }
        self.init(
            models: try folder("models", document.models), output: try folder("output", document.output),
            state: try folder("state", document.state))
        if let value = try TomlDocument.inside("settle_seconds", document.settle_seconds?.value, 0...3600, file: file) {
            settle = .milliseconds(Int64((value * 1000).rounded()))
        }
        if let value = try TomlDocument.inside("rescan_seconds", document.rescan_seconds?.value, 10...86400, file: file)
        {
            rescan = .milliseconds(Int64((value * 1000).rounded()))
        }
        workers = try TomlDocument.inside("workers", document.workers, 1...64, file: file) ?? workers
        if document.metrics_file != nil { metricsFile = try folder("metrics_file", document.metrics_file) }
        if document.signing_key != nil { signingKey = try folder("signing_key", document.signing_key) }
        workerCommand = document.worker_command ?? workerCommand
        workerMebibytes =
            try TomlDocument.inside(
                "worker_mib", document.worker_mib == 0 ? nil : document.worker_mib, 64...1_000_000_000, file: file)
            ?? (document.worker_mib ?? workerMebibytes)
        if let value = try TomlDocument.inside(
            "worker_seconds", document.worker_seconds?.value, 1...864_000, file: file)
        {
            workerTime = .milliseconds(Int64((value * 1000).rounded()))
        }
        if let word = document.table { table = try TomlDocument.choice("table", word, file: file) }
        run = try document.sections.settings(run, file: file)
    }

    /// Refuses folders with which nothing would ever be watched.
    ///
    /// - Throws: `ConfigurationError` where two of the folders are one, or the watched one lies in one that is excluded.
    public func check() throws(ConfigurationError) {
        guard Set([models, output, state]).count == 3 else {
            let twice = output == state ? output : models
            throw ConfigurationError(
                file: "", "models, output and state must be three folders, two of them are \(twice)")
        }
        guard !models.starts(with: output) else {
            throw ConfigurationError(
                file: "", "models (\(models)) lies in output (\(output)), where nothing is watched")
        }
        guard !models.starts(with: state) else {
            throw ConfigurationError(file: "", "models (\(models)) lies in state (\(state)), where nothing is watched")
        }
    }

    /// The keys as the file has them.
    private struct Document: Decodable {
        let models: String?
        let output: String?
        let state: String?
        // The keys of the file are its users' words.
        // swift-format-ignore: AlwaysUseLowerCamelCase
        let settle_seconds: TomlNumber?
        // swift-format-ignore: AlwaysUseLowerCamelCase
        let rescan_seconds: TomlNumber?
        let workers: Int?
        // swift-format-ignore: AlwaysUseLowerCamelCase
        let worker_command: [String]?
        // swift-format-ignore: AlwaysUseLowerCamelCase
        let worker_mib: Int?
        // swift-format-ignore: AlwaysUseLowerCamelCase
        let worker_seconds: TomlNumber?
        let table: String?
        // swift-format-ignore: AlwaysUseLowerCamelCase
        let signing_key: String?
        // swift-format-ignore: AlwaysUseLowerCamelCase
        let metrics_file: String?
        let quantize: RunSections.Quantize?
        let evaluate: RunSections.Evaluate?
        let gate: RunSections.GateSection?
        let images: RunSections.Images?

        var sections: RunSections { RunSections(quantize: quantize, evaluate: evaluate, gate: gate, images: images) }
    }
}
