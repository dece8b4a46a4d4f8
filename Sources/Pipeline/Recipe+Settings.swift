import Foundation
import Ledger
import Provenance
import Vocabulary

extension Recipe {
    /// The recipe for these settings with this program.
    ///
    /// - Parameter dataset: the digest of the samples that the twins are run on; nil without any.
    init(_ settings: RunSettings, dataset: ArtifactDigest?) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Settings come out of TOML, which has no number that JSON cannot hold but infinities, and limits keep those out.
        let json = (try? encoder.encode(settings)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        self.init(
            floatStorage: settings.quantize.floatStorage.rawValue, settings: json,
            settingsDigest: ArtifactDigest(of: json + (dataset?.hex ?? "")),
            builderVersion: Version.text)
    }
}
