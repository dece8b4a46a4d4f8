import ArgumentParser
import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// How answers are printed: the same for every command.
struct OutputOptions: ParsableArguments {
    @Option(help: "How the answer is printed: table, json, jsonl (one object a line) or csv.")
    private var format: OutputFormat?

    @Flag(help: "The same as --format json.")
    private var json = false

    @Flag(help: "Cut nothing, however narrow the terminal.")
    var noTrunc = false

    @Flag(help: "Print straight to the terminal. Without it long answers go through $QUANTCTL_PAGER, $PAGER or less.")
    var noPager = false

    var wanted: OutputFormat { format ?? (json ? .json : .table) }

    func validate() throws {
        if let format, json, format != .json {
            throw ValidationError("--json and --format \(format.rawValue) contradict each other")
        }
    }

    /// What people's answers are written on.
    func page() -> Page {
        Page(
            terminal: TerminalSize(of: 1), isCut: !noTrunc, environment: ProcessInfo.processInfo.environment)
    }

    /// Prints an answer, page by page where it is longer than the terminal.
    func show(_ answer: some Answer) throws {
        try show(text: try answer.text(wanted, on: page()))
    }

    /// Prints a text, page by page where it is longer than the terminal.
    func show(text: String) throws {
        if let size = TerminalSize(of: 1), !Self.fits(text, size) {
            try stream { try $0(text) }
        } else {
            try StandardOutput.write(text)
        }
    }

    /// Prints what `body` writes, page by page where there is a terminal.
    func stream(_ body: ((String) throws -> Void) throws -> Void) throws {
        if !noPager, isatty(1) == 1, let pager = Pager(environment: ProcessInfo.processInfo.environment) {
            try pager.show(body)
        } else {
            try body(StandardOutput.write)
        }
    }

    private static func fits(_ text: String, _ size: TerminalSize) -> Bool {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        // Long lines wrap; the escapes of colours count too much here, which does no harm: less leaves by itself.
        return lines.reduce(0) { $0 + max(1, ($1.utf8.count + size.columns - 1) / size.columns) } < size.rows
    }
}
