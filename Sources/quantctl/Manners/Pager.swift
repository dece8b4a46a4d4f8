import Foundation
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// The program that shows long answers page by page.
struct Pager: Hashable, Sendable {
    /// For the shell, as git and man take it: `less -S` works.
    let command: String

    /// The program that the environment asks for; nil where it asks for none, or for one that is not there.
    init?(environment: [String: String]) {
        let wanted = environment["QUANTCTL_PAGER"] ?? environment["PAGER"] ?? "less"
        command = wanted.trimmingCharacters(in: .whitespaces)
        guard let program = command.split(separator: " ").first, command != "cat" else { return nil }
        let places = program.contains("/") ? [""] : (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/" }
        guard places.contains(where: { access("\($0)\(program)", X_OK) == 0 }) else { return nil }
    }

    /// Shows what `body` writes, and comes back when the reader has seen enough.
    func show(_ body: ((String) throws -> Void) throws -> Void) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        var environment = ProcessInfo.processInfo.environment
        // F: leave at once where all fits on the screen; R: let colours through; X: leave the text on the screen.
        environment["LESS"] = environment["LESS"] ?? "FRX"
        environment["LV"] = environment["LV"] ?? "-c"
        process.environment = environment
        let pipe = Pipe()
        process.standardInput = pipe

        // From here on Ctrl-C is the pager's, or it would be left behind with the terminal in its hands.
        try process.run()
        let interrupt = signal(SIGINT, SIG_IGN)
        let quit = signal(SIGQUIT, SIG_IGN)
        let broken = signal(SIGPIPE, SIG_IGN)
        defer {
            try? pipe.fileHandleForWriting.close()
            process.waitUntilExit()
            signal(SIGINT, interrupt)
            signal(SIGQUIT, quit)
            signal(SIGPIPE, broken)
        }
        try pipe.fileHandleForReading.close()
        let end = FileDescriptor(rawValue: pipe.fileHandleForWriting.fileDescriptor)
        do {
            try body { text in
                var text = text
                _ = try text.withUTF8 { try end.writeAll($0) }
            }
        } catch Errno.brokenPipe {
            // A reader who leaves early has seen enough.
        }
    }
}
