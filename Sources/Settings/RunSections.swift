import Evaluating
import Images
import Quantizing

/// The sections about a run, in the daemon's configuration and in a model's own; each key that is there goes over `base`.
struct RunSections: Decodable {
    let quantize: Quantize?
    let evaluate: Evaluate?
    let gate: GateSection?
    let images: Images?

    func settings(_ base: RunSettings, file: String) throws(ConfigurationError) -> RunSettings {
        var settings = base
        try quantize?.apply(to: &settings.quantize, file: file)
        try evaluate?.apply(to: &settings.evaluate, file: file)
        try gate?.apply(to: &settings, file: file)
        try images?.apply(to: &settings, file: file)
        return settings
    }

    struct Quantize: Decodable {
        // The keys of the file are its users' words, here and below.
        // swift-format-ignore: AlwaysUseLowerCamelCase
        let float_storage: String?
        let exclude: [String]?
        // swift-format-ignore: AlwaysUseLowerCamelCase
        let exclude_types: [String]?

        func apply(to settings: inout QuantizeSettings, file: String) throws(ConfigurationError) {
            if let word = float_storage {
                settings.floatStorage = try TomlDocument.choice("quantize.float_storage", word, file: file)
            }
            settings.exclude = exclude ?? settings.exclude
            settings.excludeTypes = exclude_types ?? settings.excludeTypes
        }
    }

    struct Evaluate: Decodable {
        let samples: Int?
        let seconds: TomlNumber?
        // swift-format-ignore: AlwaysUseLowerCamelCase
        let largest_mib: Int?

        func apply(to settings: inout EvaluateSettings, file: String) throws(ConfigurationError) {
            settings.samples =
                try TomlDocument.inside("evaluate.samples", samples, 0...1_000_000, file: file) ?? settings.samples
            settings.seconds =
                try TomlDocument.inside("evaluate.seconds", seconds?.value, 0...86400, file: file) ?? settings.seconds
            settings.largestMebibytes =
                try TomlDocument.inside("evaluate.largest_mib", largest_mib, 0...1_000_000, file: file)
                ?? settings.largestMebibytes
        }
    }

    struct Images: Decodable {
        let shape: [Int]?
        let pixel: String?
        let mean: [TomlNumber]?
        let norm: [TomlNumber]?
        let crop: TomlNumber?

        func apply(to settings: inout RunSettings, file: String) throws(ConfigurationError) {
            var images = settings.images ?? ImageSettings()
            // `ncnn2table` writes them in large letters.
            if let word = pixel?.lowercased() {
                images.pixel = try TomlDocument.choice("images.pixel", word, file: file)
            }
            images.shape = shape ?? images.shape
            images.mean = mean?.map(\.value) ?? images.mean
            images.norm = norm?.map(\.value) ?? images.norm
            images.crop = crop?.value ?? images.crop
            if let misfit = images.misfit { throw ConfigurationError(file: file, misfit) }
            // A section without keys is none, and leaves the settings' digest as it was.
            settings.images = images == ImageSettings() ? nil : images
        }
    }

    struct GateSection: Decodable {
        // swift-format-ignore: AlwaysUseLowerCamelCase
        let on_fail: String?
        // swift-format-ignore: AlwaysUseLowerCamelCase
        let min_cosine: TomlNumber?
        // swift-format-ignore: AlwaysUseLowerCamelCase
        let min_sqnr_db: TomlNumber?
        // swift-format-ignore: AlwaysUseLowerCamelCase
        let max_top1_drop: TomlNumber?
        // swift-format-ignore: AlwaysUseLowerCamelCase
        let min_top1_agreement: TomlNumber?
        // swift-format-ignore: AlwaysUseLowerCamelCase
        let max_float_layers: Int?

        func apply(to settings: inout RunSettings, file: String) throws(ConfigurationError) {
            if let word = on_fail { settings.gate.onFail = try TomlDocument.choice("gate.on_fail", word, file: file) }
            func limit(_ key: String, _ number: TomlNumber?, _ range: ClosedRange<Double>) throws(ConfigurationError)
                -> Double?
            {
                try TomlDocument.inside("gate.\(key)", number?.value, range, file: file)
            }
            let limits = settings.gate.limits
            settings.gate.limits.minCosine = try limit("min_cosine", min_cosine, -1...1) ?? limits.minCosine
            settings.gate.limits.minSQNR = try limit("min_sqnr_db", min_sqnr_db, -200...200) ?? limits.minSQNR
            settings.gate.limits.maxTop1Drop = try limit("max_top1_drop", max_top1_drop, 0...1) ?? limits.maxTop1Drop
            settings.gate.limits.minTop1Agreement =
                try limit("min_top1_agreement", min_top1_agreement, 0...1) ?? limits.minTop1Agreement
            settings.repair.layers =
                try TomlDocument.inside("gate.max_float_layers", max_float_layers, 0...10_000, file: file)
                ?? settings.repair.layers
        }
    }
}
