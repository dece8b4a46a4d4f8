import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Where answers go. A full disk behind it is an error like any other; a reader that has gone away is none.
enum StandardOutput {
    static func write(_ text: String) throws {
        var text = text
        do {
            _ = try text.withUTF8 { try FileDescriptor.standardOutput.writeAll($0) }
        } catch Errno.brokenPipe {
            Self.endQuietly()
        } catch {
            throw Complaint("cannot write the answer: \(error)", .io)
        }
    }

    /// Ends as if SIGPIPE had its way: that is what shells and scripts expect of a command whose reader has seen enough.
    /// Whoever starts us with the signal ignored, as some services do, gets the same.
    private static func endQuietly() -> Never {
        signal(SIGPIPE, SIG_DFL)
        raise(SIGPIPE)
        exit(128 + SIGPIPE)
    }
}
