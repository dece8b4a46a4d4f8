import Foundation
import Glibc
import SystemPackage
import TestSupport

/// Samples that keep a worker busy for longer than hundreds of other tests can keep the one waiting that asks for it.
enum ManySamples {
    /// As many as a configuration may ask for.
    static let count = 1_000_000

    /// What a daemon has to be told to run them all.
    static let configuration = "[evaluate]\nsamples = \(count)\nseconds = 3600\n"

    /// Puts them, all of them zeros, beside the model `digits`.
    static func put(_ daemon: DaemonProcess) throws {
        let bytes = try Fixtures.bytes(Fixtures.golden("digits-cnn").appending("eval-x.npy"))
        let header = String(decoding: bytes[10..<128], as: UTF8.self)
        let longer = header.replacing("(360,", with: "(\(count),")
        // The header keeps its length: it ends in spaces.
        let excess = longer.utf8.count - header.utf8.count
        guard longer.hasSuffix(String(repeating: " ", count: excess) + "\n") else { throw Errno.invalidArgument }
        let path = try daemon.folder.write(
            "models/digits.eval/in0.npy", bytes[..<10] + Array(longer.dropLast(excess + 1).utf8) + [UInt8(ascii: "\n")])
        let sample = (bytes.count - 128) / 360
        guard truncate(path.string, 128 + count * sample) == 0 else { throw Errno(rawValue: errno) }
    }
}
