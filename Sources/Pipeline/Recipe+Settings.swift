import Crypto
import Foundation
import Ledger
import Settings
import Vocabulary
import Working

extension Recipe {
    /// The recipe for these settings and samples with this program.
    init(_ preparation: Preparation) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Settings come out of TOML, which has no number that JSON cannot hold but infinities, and limits keep those out.
        let json = (try? encoder.encode(preparation.settings)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        let decisive = json + (preparation.samples?.digest.hex ?? "")
        self.init(
            floatStorage: preparation.settings.quantize.floatStorage.rawValue, settings: json,
            settingsDigest: ArtifactDigest(bytes: SHA256.hash(data: Array(decisive.utf8))),
            builderVersion: Version.text)
    }
}
