import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// The program that shows long answers page by page.
struct Pager: Hashable, Sendable {
    /// For the shell, as git and man take it: `less -S` works.
    let command: String

    /// The program that the environment asks for; nil where it asks for none.
    init?(environment: [String: String]) {
        let wanted = environment["QUANTCTL_PAGER"] ?? environment["PAGER"] ?? "less"
        let name = wanted.trimmingCharacters(in: .whitespaces)
        guard !name.isEmpty, name != "cat" else { return nil }
        command = name
    }

    /// Shows the text and comes back when its reader has seen enough.
    ///
    /// - Returns: false where there is no such program; then nothing was shown.
    func show(_ text: String) throws -> Bool {
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
            signal(SIGINT, interrupt)
            signal(SIGQUIT, quit)
            signal(SIGPIPE, broken)
        }
        try? pipe.fileHandleForReading.close()
        // A reader who leaves early has seen enough.
        try? pipe.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        try? pipe.fileHandleForWriting.close()
        process.waitUntilExit()
        // What the shell says of a program that is not there, or may not be run.
        return ![126, 127].contains(process.terminationStatus)
    }
}
