import Provenance
public import Settings

extension Configuration {
    /// Refuses a key that cannot be used.
    public func checkSigningKey() throws(ConfigurationError) {
        _ = try readSigningKey()
    }

    /// The key with which statements are signed; nil where none is named.
    func readSigningKey() throws(ConfigurationError) -> SigningKey? {
        guard let signingKey else { return nil }
        do throws(KeyError) {
            return try SigningKey(signingKey)
        } catch {
            throw ConfigurationError(file: "", "signing_key: \(error)")
        }
    }
}
