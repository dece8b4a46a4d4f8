public import Quantizing
public import SystemPackage
import Vocabulary

#if canImport(Glibc)
    import Glibc
#endif

extension QuantizeJob {
    /// Quantizes the model into these two files; what lies there is replaced only when everything is right.
    ///
    /// - Throws: `FormatError` for what is wrong with the input, `OutputError` for what keeps the output from being written.
    public func replacing(param outParam: FilePath, bin outBin: FilePath) throws -> QuantizationReport {
        let temporaryParam = Self.temporary(outParam)
        let temporaryBin = Self.temporary(outBin)
        do {
            let report = try run(param: temporaryParam, bin: temporaryBin)
            // Where nothing lies there is nothing to lose. What lies there is given up for what is on the disk itself: after
            // a power cut there is the one or the other.
            if [outParam, outBin].contains(where: { FileIdentity(of: $0) != nil }) {
                for path in [temporaryBin, temporaryParam] { try Self.synchronize(path) }
            }
            // The .param last: whoever sees it finds the .bin that belongs to it.
            try Self.rename(temporaryBin, to: outBin)
            try Self.rename(temporaryParam, to: outParam)
            return report
        } catch {
            for path in [temporaryParam, temporaryBin] {
                _ = path.withPlatformString(unlink)
            }
            guard let errno = error as? Errno else { throw error }
            throw OutputError(path: outBin, error: errno)
        }
    }

    /// A hidden name beside the file: on the same file system, and none of a model's endings.
    private static func temporary(_ path: FilePath) -> FilePath {
        path.removingLastComponent().appending(".\(path.lastComponent?.string ?? "out").\(getpid()).tmp")
    }

    private static func synchronize(_ path: FilePath) throws {
        let descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        try descriptor.closeAfter { try descriptor.synchronize() }
    }

    private static func rename(_ from: FilePath, to path: FilePath) throws {
        let failed = from.withPlatformString { from in
            path.withPlatformString { Glibc.rename(from, $0) != 0 }
        }
        if failed { throw OutputError(path: path, error: Errno(rawValue: errno)) }
    }
}

/// Why an output could not be written.
public struct OutputError: Error, Hashable, Sendable, CustomStringConvertible {
    public let path: FilePath
    public let error: Errno

    public var description: String {
        "\(path) cannot be written: \(String(describing: error).lowercased())"
    }
}
