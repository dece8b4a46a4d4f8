import Testing

@testable import quantctl

/// The completions in a real bash, whose keys are pressed one by one.
@Suite("Completion")
struct CompletionTests {
    private static let tab = "\t"
    /// Writes all possible words.
    private static let all = "\u{1B}*"

    /// What the command line is after some keys.
    private func line(_ keys: String, _ ledger: SampleLedger, environment: [String: String] = [:]) throws -> String? {
        // Ctrl-A goes to the beginning of the line, and echo shows what became of it.
        let answer = try CommandLine.typing(
            "source <(quantctl completion bash)\n\(keys)\u{01}echo 'LINE:' \n", ledger, environment: environment)
        let line = answer.output.split(whereSeparator: \.isNewline).last { $0.hasPrefix("LINE:") }
        return line.map { String($0.dropFirst("LINE: ".count)) }
    }

    @Test(
        "models, runs, options and their values",
        arguments: [
            ("quantctl show vis\(tab)", "quantctl show vision/net"), ("quantctl show 模\(tab)", "quantctl show 模型"),
            ("quantctl show vision/net@\(all)", "quantctl show vision/net@1 @4 @6"),
            ("quantctl show vision/net@4\(tab)", "quantctl show vision/net@4"),
            ("quantctl layers 7\(tab)", "quantctl layers 7"),
            ("quantctl compare 1 vision/net@6\(tab)", "quantctl compare 1 vision/net@6"),
            ("quantctl compare vision/net@1 od\(tab)", "quantctl compare vision/net@1 odd"),
            ("quantctl history slo\(tab)", "quantctl history slow"),
            ("quantctl trend bro\(tab)", "quantctl trend broken"),
            ("quantctl tre\(tab)", "quantctl trend"), ("quantctl history --verd\(tab)", "quantctl history --verdict"),
            ("quantctl history --verdict W\(tab)", "quantctl history --verdict WARNED"),
            (
                "quantctl history --format jsonl --status publ\(tab)",
                "quantctl history --format jsonl --status published"
            ),
            ("quantctl history --since yes\(tab)", "quantctl history --since yesterday"),
            ("quantctl completion f\(tab)", "quantctl completion fish"),
        ])
    func words(keys: String, expected: String) throws {
        let line = try line(keys, SampleLedger())
        #expect(line?.trimmed == expected)
    }

    @Test("the ledger that the line names is asked")
    func state() throws {
        let (other, ledger) = (try SampleLedger(), try SampleLedger())
        try other.end("elsewhere", .failed(message: "x"))
        #expect(
            try line("quantctl show --state \(other.state) else\(Self.tab)", ledger)?.trimmed
                == "quantctl show --state \(other.state) elsewhere")
        #expect(try line("quantctl show else\(Self.tab)", ledger)?.trimmed == "quantctl show else")
    }

    @Test("without a ledger there are no words and no complaint")
    func silent() throws {
        let answer = try CommandLine.typing(
            "source <(quantctl completion bash)\nquantctl show vis\t\u{01}echo 'LINE:' \n", SampleLedger(),
            environment: ["QUANTD_STATE": "/nowhere"])
        #expect(!answer.output.contains("quantctl: "))
        #expect(answer.output.split(whereSeparator: \.isNewline).contains { $0.hasPrefix("LINE: quantctl show vis") })
    }

    @Test("bash finds nothing wrong with the script, and zsh and fish get one", arguments: ["bash", "zsh", "fish"])
    func scripts(shell: String) throws {
        let ledger = try SampleLedger()
        let script = try CommandLine.quantctl(["completion", shell], ledger)
        #expect(script.status == 0 && script.output.contains("---completion"))
        if shell == "bash" {
            let check = try CommandLine.bash("quantctl completion bash | bash -n", ledger)
            #expect(check.status == 0 && check.error.isEmpty, "\(check.error)")
        }
    }
}

extension String {
    fileprivate var trimmed: String { split(separator: " ").joined(separator: " ") }
}
