import Quantizing

/// The keys about quantizing, in the daemon's configuration and in a model's own.
struct QuantizeSection: Decodable {
    // swift-format-ignore: AlwaysUseLowerCamelCase
    let float_storage: String?
    let exclude: [String]?
    // swift-format-ignore: AlwaysUseLowerCamelCase
    let exclude_types: [String]?

    /// The settings with the keys that are there in place of those of `base`.
    func settings(_ base: QuantizeSettings, file: String) throws(ConfigurationError) -> QuantizeSettings {
        var settings = base
        if let word = float_storage {
            settings.floatStorage = try TomlDocument.choice("quantize.float_storage", word, file: file)
        }
        settings.exclude = exclude ?? settings.exclude
        settings.excludeTypes = exclude_types ?? settings.excludeTypes
        return settings
    }
}
