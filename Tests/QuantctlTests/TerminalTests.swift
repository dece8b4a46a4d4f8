import Foundation
import Glibc
import SystemPackage
import Testing

@testable import quantctl

@Suite("quantctl in a terminal")
struct TerminalTests {
    private static let escape: Character = "\u{1B}"

    @Test("tables fit the terminal, and --no-trunc does not ask", arguments: [60, 80, 200])
    func fits(columns: Int) throws {
        let ledger = try SampleLedger()
        try ledger.makeRequests()
        let commands = [
            "status", "history", "show 4", "layers 1", "compare 1 4", "trend vision/net", "verify --all",
            "lineage 0202",
            "prune --keep 1", "retry odd", "doctor", "db check",
        ]
        for command in commands {
            let answer = try CommandLine.terminal(
                "quantctl \(command) --no-pager", ledger, columns: columns, environment: ["NO_COLOR": "1"])
            for line in answer.output.split(separator: "\r\n") where !line.contains("\(ledger.state)") {
                // A word that is longer than the terminal, such as a path or a digest, is not broken.
                let longest = line.split(separator: " ").map(\.count).max() ?? 0
                #expect(String(line).cellCount <= max(columns, longest), "\(command): \(line)")
            }
        }
        let whole = try CommandLine.terminal("quantctl history --no-trunc --no-pager", ledger, columns: columns)
        #expect(whole.output.contains("min_cosine of output prob is 0.91, wanted at least 0.95"))
    }

    @Test("colours are for terminals whose user has not said no")
    func colours() throws {
        let ledger = try SampleLedger()
        func hasColours(_ environment: [String: String]) throws -> Bool {
            try CommandLine.terminal("quantctl history --no-pager", ledger, environment: environment).output
                .contains(Self.escape)
        }
        #expect(try hasColours([:]))
        #expect(try hasColours(["NO_COLOR": ""]))
        #expect(try !hasColours(["NO_COLOR": "1"]))
        #expect(try !hasColours(["TERM": "dumb"]))
        #expect(
            try !CommandLine.quantctl(["history"], ledger, environment: ["TERM": "xterm"]).output.contains(Self.escape))
        let verdicts = try CommandLine.terminal("quantctl history --no-pager", ledger, columns: 120).output
        #expect(verdicts.contains("\u{1B}[32mPASSED\u{1B}[0m") && verdicts.contains("\u{1B}[33mWARNED\u{1B}[0m"))
    }

    @Test("what is longer than the terminal goes through the pager that is asked for", .timeLimit(.minutes(5)))
    func pager() throws {
        let ledger = try SampleLedger()
        func output(_ line: String, rows: Int, _ pager: String) throws -> [Substring] {
            try CommandLine.terminal(line, ledger, columns: 200, rows: rows, environment: ["QUANTCTL_PAGER": pager])
                .output.split(separator: "\r\n")
        }
        let paged = try output("quantctl history", rows: 5, "sed s/^/PAGED:/")
        #expect(paged.count == 8 && paged.allSatisfy { $0.hasPrefix("PAGED:") }, "\(paged)")
        #expect(
            try output("quantctl history --no-pager", rows: 5, "sed s/^/PAGED:/").allSatisfy { !$0.hasPrefix("PAGED") })
        #expect(try output("quantctl history", rows: 50, "sed s/^/PAGED:/").allSatisfy { !$0.hasPrefix("PAGED") })
        #expect(try output("quantctl history | cat", rows: 5, "sed s/^/PAGED:/").allSatisfy { !$0.hasPrefix("PAGED") })
        #expect(try output("quantctl history", rows: 5, "echo \"less is $LESS\"") == ["less is FRX"])
        // Pagers ask the terminal for keys, which only a program in its foreground may.
        let asking = try output("quantctl history", rows: 5, "sh -c 'stty sane </dev/tty && sed s/^/PAGED:/'")
        #expect(asking.count == 8 && asking.allSatisfy { $0.hasPrefix("PAGED:") }, "\(asking)")
        // A reader who leaves at once has seen enough; a pager that is not there loses nothing.
        #expect(
            try CommandLine.terminal("quantctl history", ledger, rows: 5, environment: ["PAGER": "true"]).status == 0)
        #expect(try output("quantctl history", rows: 5, "no-such-pager").count >= 8)
    }

    // MARK: The end of the line

    /// Starts `quantctl` with a standard output that nobody reads any more.
    private func unread(_ script: String, _ ledger: SampleLedger) throws -> CommandLine.Answer {
        let pipe = Pipe()
        try pipe.fileHandleForReading.close()
        return try CommandLine.bash(script, ledger, output: pipe.fileHandleForWriting)
    }

    @Test("a reader that has gone away ends it as other tools end, without a word")
    func brokenPipe() throws {
        let ledger = try SampleLedger()
        for script in ["exec quantctl history", "trap '' PIPE; exec quantctl history", "exec quantctl show 1 --json"] {
            let answer = try unread(script, ledger)
            #expect(answer.wasKilled && answer.status == SIGPIPE, "\(script): \(answer)")
            #expect(answer.error.isEmpty)
        }
    }

    @Test("an answer that cannot be written is no answer")
    func full() throws {
        let answer = try CommandLine.bash("quantctl history > /dev/full", SampleLedger())
        #expect(answer.status == 74)
        #expect(answer.error == "quantctl: cannot write the answer: No space left on device\n")
    }
}
