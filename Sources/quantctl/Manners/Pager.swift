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
        let pipe = try FileDescriptor.pipe()
        let pid = try start(reading: pipe.readEnd, besides: pipe.writeEnd)
        // From here on Ctrl-C is the pager's, or it would be left behind with the terminal in its hands.
        let interrupt = signal(SIGINT, SIG_IGN)
        let quit = signal(SIGQUIT, SIG_IGN)
        let broken = signal(SIGPIPE, SIG_IGN)
        defer {
            try? pipe.writeEnd.close()
            while waitpid(pid, nil, 0) < 0, errno == EINTR {}
            signal(SIGINT, interrupt)
            signal(SIGQUIT, quit)
            signal(SIGPIPE, broken)
        }
        try pipe.readEnd.close()
        do {
            try body { text in
                var text = text
                _ = try text.withUTF8 { try pipe.writeEnd.writeAll($0) }
            }
        } catch Errno.brokenPipe {
            // A reader who leaves early has seen enough.
        }
    }

    /// Starts the pager. Not with Foundation's Process, which puts its children into a process group of their own: a
    /// program that is not in the foreground of its terminal is stopped as soon as it asks for a key.
    private func start(reading end: FileDescriptor, besides other: FileDescriptor) throws -> pid_t {
        var environment = ProcessInfo.processInfo.environment
        // F: leave at once where all fits on the screen; R: let colours through; X: leave the text on the screen.
        environment["LESS"] = environment["LESS"] ?? "FRX"
        environment["LV"] = environment["LV"] ?? "-c"

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, end.rawValue, 0)
        for descriptor in [end, other] { posix_spawn_file_actions_addclose(&actions, descriptor.rawValue) }
        var arguments: [UnsafeMutablePointer<CChar>?] = ["sh", "-c", command].map { (word: String) in strdup(word) }
        arguments.append(nil)
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") }
        variables.append(nil)
        defer { for text in arguments + variables { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, "/bin/sh", &actions, nil, &arguments, &variables)
        guard code == 0 else {
            throw Complaint("the pager '\(command)' cannot be started: \(Errno(rawValue: code))", .io)
        }
        return pid
    }
}
