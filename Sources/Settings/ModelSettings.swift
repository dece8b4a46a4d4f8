import ModelFormat
public import SystemPackage

/// What a model's own `<name>.toml` says: the same keys as the daemon's configuration, for this model alone.
public struct ModelSettings: Hashable, Sendable, Codable {
    public var table: Configuration.TableRule
    public var run: RunSettings

    /// The daemon's settings, for a model without its own.
    public init(_ configuration: Configuration) {
        table = configuration.table
        run = configuration.run
    }

    public init(table: Configuration.TableRule = .required, run: RunSettings = RunSettings()) {
        self.table = table
        self.run = run
    }

    /// Reads a model's own settings over the daemon's, `base`.
    ///
    /// - Throws: `ConfigurationError`, and `FormatError` where the file cannot be read.
    public init(_ path: FilePath, over base: ModelSettings) throws {
        self = base
        let text = try FileBytes.contents(of: path, limit: 1 << 20)
        let file = path.lastComponent?.string ?? path.string
        let document = try TomlDocument.decode(Document.self, from: String(decoding: text, as: UTF8.self), file: file)
        if let word = document.table { table = try TomlDocument.choice("table", word, file: file) }
        run = try document.sections.settings(run, file: file)
    }

    private struct Document: Decodable {
        let table: String?
        let quantize: RunSections.Quantize?
        let evaluate: RunSections.Evaluate?
        let gate: RunSections.GateSection?
        let images: RunSections.Images?

        var sections: RunSections { RunSections(quantize: quantize, evaluate: evaluate, gate: gate, images: images) }
    }
}
