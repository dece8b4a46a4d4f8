import ArgumentParser
import SystemPackage
import Working

/// `quantd worker`: the other end of the daemon's pipes.
struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Does the daemon's work in a process of its own; the daemon starts it.",
        discussion: """
            It reads requests from standard input and answers on standard output, one line of JSON each, and ends when its \
            input is closed. `worker_command` in the configuration says how it is started.
            """)

    func run() throws {
        try Worker(input: .standardInput, output: .standardOutput).run()
    }
}
