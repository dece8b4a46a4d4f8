import Crypto
import CryptoExtras
import Foundation
import ModelFormat
public import SystemPackage
import Vocabulary

/// Why a key cannot be used.
public struct KeyError: Error, Hashable, Sendable, CustomStringConvertible {
    public let path: FilePath
    /// One lower-case clause.
    public let clause: String

    public var description: String { "the key \(path) \(clause)" }
}

/// A private Ed25519 key, as `openssl genpkey -algorithm ed25519` writes it (PKCS#8 in PEM).
public struct SigningKey: Sendable {
    private let key: Curve25519.Signing.PrivateKey

    /// - Throws: `KeyError`; it never holds anything of the file's content.
    public init(_ path: FilePath) throws(KeyError) {
        key = try KeyFile.read(path, wanted: "PRIVATE KEY") { try Curve25519.Signing.PrivateKey(pemRepresentation: $0) }
    }

    /// The 64 bytes of the signature (RFC 8032) over these bytes, as `openssl pkeyutl -verify -rawin` takes them.
    ///
    /// - Throws: what the library throws, which for this kind of key is nothing.
    public func signature(of text: String) throws -> [UInt8] {
        Array(try key.signature(for: Data(text.utf8)))
    }

    /// The key with which others check, in PEM.
    public var publicKey: String { key.publicKey.pemRepresentation + "\n" }
}

/// A public Ed25519 key, as `openssl pkey -pubout` writes it.
public struct VerifyingKey: Sendable {
    private let key: Curve25519.Signing.PublicKey

    public init(_ path: FilePath) throws(KeyError) {
        key = try KeyFile.read(path, wanted: "PUBLIC KEY") { try Curve25519.Signing.PublicKey(pemRepresentation: $0) }
    }

    /// Whether the owner of the key signed just these bytes.
    public func isValid(_ signature: [UInt8], of content: [UInt8]) -> Bool {
        key.isValidSignature(Data(signature), for: Data(content))
    }
}

private enum KeyFile {
    /// Ed25519's object identifier in DER. The library takes a key of X25519 for one of ours, since both are 32 bytes.
    private static let ed25519: [UInt8] = [0x06, 0x03, 0x2B, 0x65, 0x70]

    static func read<Key>(_ path: FilePath, wanted: String, _ body: (String) throws -> Key) throws(KeyError) -> Key {
        let bytes: [UInt8]
        do {
            bytes = try FileBytes.contents(of: path, limit: 1 << 14)
        } catch {
            throw KeyError(path: path, clause: error.clause)
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.contains("-----BEGIN \(wanted)-----") else {
            throw KeyError(path: path, clause: "is no PEM file with a \(wanted)\(hint(text, wanted))")
        }
        let base64 = text.split(separator: "\n").filter { !$0.hasPrefix("-----") }.joined()
        let der = Data(base64Encoded: base64.filter { !$0.isWhitespace }).map(Array.init) ?? []
        guard der.indices.contains(where: { der[$0...].starts(with: ed25519) }), let key = try? body(text) else {
            throw KeyError(
                path: path, clause: "is no Ed25519 key; 'openssl genpkey -algorithm ed25519' makes one")
        }
        return key
    }

    private static func hint(_ text: String, _ wanted: String) -> String {
        if text.contains("ENCRYPTED") { return "; it is encrypted, and nobody is there to type a password" }
        if wanted == "PUBLIC KEY", text.contains("PRIVATE KEY") {
            return "; it is the private one, 'openssl pkey -pubout' writes the public one"
        }
        return ""
    }
}
