import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Provenance

@Suite("Signatures")
struct SignatureTests {
    /// The first vector of RFC 8032, section 7.1: the empty message.
    static let secret = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
    static let open = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    static let signature =
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"

    static func bytes(_ hex: String) -> [UInt8] {
        stride(from: 0, to: hex.count, by: 2).compactMap { start in
            UInt8(hex.dropFirst(start).prefix(2), radix: 16)
        }
    }

    /// PEM as openssl writes it: the fixed beginnings of PKCS#8 and SubjectPublicKeyInfo (RFC 8410), and the key's 32 bytes.
    static func pem(_ label: String, _ prefix: String, _ key: String) -> String {
        let base64 = Data(bytes(prefix + key)).base64EncodedString()
        return "-----BEGIN \(label)-----\n\(base64)\n-----END \(label)-----\n"
    }

    static let privateKey = pem("PRIVATE KEY", "302e020100300506032b657004220420", secret)
    static let publicKey = pem("PUBLIC KEY", "302a300506032b6570032100", open)

    @Test("the signature is the one of RFC 8032, and the public key goes with the private one")
    func vector() throws {
        let folder = try TemporaryFolder()
        let key = try SigningKey(folder.write("key.pem", Self.privateKey))
        #expect(try key.signature(of: "") == Self.bytes(Self.signature))
        #expect(key.publicKey == Self.publicKey)
        let verifying = try VerifyingKey(folder.write("key.pub.pem", Self.publicKey))
        #expect(verifying.isValid(Self.bytes(Self.signature), of: []))
        #expect(!verifying.isValid(Self.bytes(Self.signature), of: [0]))
        #expect(!verifying.isValid([], of: []))
        for bit in 0..<512 {
            var changed = Self.bytes(Self.signature)
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(!verifying.isValid(changed, of: []), "bit \(bit)")
        }
    }

    @Test(
        "a file that is no such key is refused with a clause that says what it is instead",
        arguments: [
            ("", "is no PEM file with a PRIVATE KEY"),
            ("hello\n", "is no PEM file with a PRIVATE KEY"),
            (publicKey, "is no PEM file with a PRIVATE KEY"),
            (
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
                "is no PEM file with a PRIVATE KEY; it is encrypted, and nobody is there to type a password"
            ),
            // The same bytes as a key of X25519.
            (
                pem("PRIVATE KEY", "302e020100300506032b656e04220420", secret),
                "is no Ed25519 key; 'openssl genpkey -algorithm ed25519' makes one"
            ),
            (
                pem("PRIVATE KEY", "302e020100300506032b657004220420", String(secret.dropLast(2))),
                "is no Ed25519 key; 'openssl genpkey -algorithm ed25519' makes one"
            ),
            (
                "-----BEGIN PRIVATE KEY-----\nno base64!\n-----END PRIVATE KEY-----\n",
                "is no Ed25519 key; 'openssl genpkey -algorithm ed25519' makes one"
            ),
            (String(repeating: "x", count: 20_000), "has 20000 bytes, at most 16384 are read of such a file"),
        ])
    func refused(content: String, clause: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("key.pem", content)
        let error = #expect(throws: KeyError.self) { try SigningKey(path) }
        #expect(error?.clause == clause)
        #expect(error?.description == "the key \(path) \(clause)")
    }

    @Test("a private key where a public one is wanted is refused with the way to the public one")
    func wrongHalf() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("key.pem", Self.privateKey)
        let error = #expect(throws: KeyError.self) { try VerifyingKey(path) }
        #expect(
            error?.clause
                == "is no PEM file with a PUBLIC KEY; it is the private one, 'openssl pkey -pubout' writes the public one"
        )
        #expect(throws: KeyError.self) { try VerifyingKey(FilePath("/nowhere/key.pem")) }
    }

    @Test("openssl checks our signature, and we check openssl's", .enabled(if: Tool.isThere("openssl")))
    func openssl() throws {
        let folder = try TemporaryFolder()
        let place = folder.path
        try Tool.run("openssl", "genpkey", "-algorithm", "ed25519", "-out", "\(place)/key.pem")
        try Tool.run("openssl", "pkey", "-in", "\(place)/key.pem", "-pubout", "-out", "\(place)/key.pub.pem")
        let text = "{\"a\":1}\n"
        try folder.write("statement", text)
        let key = try SigningKey(place.appending("key.pem"))
        #expect(key.publicKey == String(decoding: try Fixtures.bytes(place.appending("key.pub.pem")), as: UTF8.self))
        try folder.write("statement.sig", try key.signature(of: text))
        let check = [
            "pkeyutl", "-verify", "-pubin", "-inkey", "\(place)/key.pub.pem", "-rawin", "-in", "\(place)/statement",
            "-sigfile",
        ]
        #expect(try Tool.status("openssl", check + ["\(place)/statement.sig"]) == 0)
        try Tool.run(
            "openssl", "pkeyutl", "-sign", "-inkey", "\(place)/key.pem", "-rawin", "-in", "\(place)/statement", "-out",
            "\(place)/theirs.sig")
        let verifying = try VerifyingKey(place.appending("key.pub.pem"))
        #expect(verifying.isValid(try Fixtures.bytes(place.appending("theirs.sig")), of: Array(text.utf8)))
        try folder.write("statement", "{\"a\":2}\n")
        #expect(try Tool.status("openssl", check + ["\(place)/statement.sig"]) != 0)
    }
}

/// Programs that are witnesses where they are installed.
enum Tool {
    struct Failed: Error {}

    static func isThere(_ name: String) -> Bool {
        FileManager.default.isExecutableFile(atPath: "/usr/bin/\(name)")
    }

    static func status(_ name: String, _ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/\(name)")
        process.arguments = arguments
        process.standardOutput = Pipe()
        process.standardError = Pipe()
        try process.start()
        process.waitUntilExit()
        return process.terminationStatus
    }

    static func run(_ name: String, _ arguments: String...) throws {
        guard try status(name, arguments) == 0 else { throw Failed() }
    }
}
