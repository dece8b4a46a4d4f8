import Ledger
import Vocabulary

/// The status for people.
struct StatusText {
    private let answer: StatusAnswer
    private let now: Timestamp

    init(_ answer: StatusAnswer, now: Timestamp) {
        self.answer = answer
        self.now = now
    }

    var text: String {
        [daemon, runs, running, waiting, failed].filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private var daemon: String {
        guard let daemon = answer.daemon else { return "no daemon has ever written this ledger" }
        var lines = ["quantd \(daemon.version) \(DaemonLife.clause(daemon, now: now))"]
        if let clause = daemon.watchClause { lines.append("  \(clause)") }
        lines.append("  models  \(daemon.modelsFolder)")
        lines.append("  output  \(daemon.outputFolder)")
        if let scan = daemon.lastScan { lines.append("  last scan \(Ages.text(from: scan, to: now)) ago") }
        return lines.joined(separator: "\n")
    }

    private var runs: String {
        let counts = RunStatus.allCases.compactMap { status in
            answer.counts[status].flatMap { $0 > 0 ? "\($0) \(status.rawValue)" : nil }
        }
        return "runs: " + (counts.isEmpty ? "none yet" : counts.joined(separator: ", "))
    }

    private var running: String {
        guard !answer.running.isEmpty else { return "" }
        var table = TextTable([.number("RUN"), .word("RUNNING"), .word("SINCE"), .number("ATTEMPT")])
        for run in answer.running {
            table.add([
                "\(run.run)", run.model.text, run.started.map { "\(Ages.text(from: $0, to: now)) ago" } ?? "",
                "\(run.attempts)",
            ])
        }
        return table.lines().joined(separator: "\n")
    }

    private var waiting: String {
        guard !answer.waiting.isEmpty else { return "nothing waits" }
        var table = TextTable([.word("WAITING"), .word("SINCE"), .clause("FOR")])
        for row in answer.waiting {
            table.add([row.model.text, "\(Ages.text(from: row.since, to: now)) ago", row.clause])
        }
        return table.lines().joined(separator: "\n")
    }

    private var failed: String {
        guard let run = answer.lastFailed else { return "" }
        let age = run.finished.map { ", \(Ages.text(from: $0, to: now)) ago" } ?? ""
        return "last failed: run \(run.run) of \(run.model)\(age)\n  \(run.message ?? "")"
    }
}
