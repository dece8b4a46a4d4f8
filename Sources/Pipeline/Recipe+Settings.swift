import Foundation
import Ledger
import Quantizing
import Vocabulary

extension Recipe {
    /// The recipe for these settings with this program.
    init(_ settings: QuantizeSettings) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Settings are texts and lists of texts; there is no value among them that JSON cannot hold.
        let json = (try? encoder.encode(settings)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        self.init(
            floatStorage: settings.floatStorage.rawValue, settings: json, settingsDigest: ArtifactDigest(of: json),
            builderVersion: Version.text)
    }
}
