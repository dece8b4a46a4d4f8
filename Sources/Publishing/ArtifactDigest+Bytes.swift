import Crypto
import Vocabulary

extension ArtifactDigest {
    /// The SHA-256 of these bytes.
    init(of bytes: [UInt8]) {
        self.init(bytes: SHA256.hash(data: bytes))
    }
}
