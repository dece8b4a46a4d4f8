import Ledger
import Reporting
import SystemPackage
import Vocabulary

/// What `quantctl status` says.
struct StatusReport: Answer {
    private let status: StatusAnswer
    private let disks: [DiskSpace]
    private let now: Timestamp
    private let isComplete: Bool
    /// nil where no daemon ever wrote the ledger.
    let life: DaemonLife?

    /// More models that wait than these are only counted.
    private static let mostWaiting = 20

    /// - Parameters:
    ///   - state: the state folder.
    ///   - isComplete: whether all models that wait are shown.
    init(_ status: StatusAnswer, state: FilePath, now: Timestamp, isComplete: Bool) {
        self.status = status
        self.now = now
        self.isComplete = isComplete
        life = status.daemon.map(DaemonLife.init)
        let output = status.daemon.flatMap { DiskSpace(.output, at: $0.outputFolder) }
        disks = [output, DiskSpace(.state, at: state)].compactMap(\.self)
    }

    // MARK: For programs

    struct Document: Encodable {
        let schemaVersion = 1
        let daemon: Record?
        let runs: [String: Int]
        let queued: Int
        let running: [Record]
        let waiting: [Record]
        let lastFailed: Record?
        let disks: [Record]
    }

    var document: Document {
        Document(
            daemon: status.daemon?.record,
            runs: Dictionary(uniqueKeysWithValues: status.counts.map { ($0.key.rawValue, $0.value) }),
            queued: status.queued, running: running.map(\.record), waiting: status.waiting.map(\.record),
            lastFailed: status.lastFailed?.record, disks: disks.map(\.record))
    }

    /// One line, to be written down again and again.
    var records: Records { Records([Line(time: now, status: status, disks: disks)]) }

    struct Line: Recordable {
        let time: Timestamp
        let status: StatusAnswer
        let disks: [DiskSpace]

        static let fields: [Field<Line>] =
            [
                .time("at") { $0.time },
                .text("daemon") { $0.status.daemon.map { DaemonLife($0).rawValue } },
                .integer("pid") { $0.status.daemon?.pid },
                .text("version") { $0.status.daemon?.version },
                .text("watch_mode") { $0.status.daemon?.watchMode.rawValue },
                .time("last_scan") { $0.status.daemon?.lastScan },
                .integer("waiting") { $0.status.waiting.count },
            ]
            + RunStatus.allCases.map { status in .integer(status.rawValue) { $0.status.counts[status] } }
            + [
                .integer("last_failed") { $0.status.lastFailed?.run },
                .bytes("output_free_bytes") { line in line.disks.first { $0.role == .output }?.free },
                .bytes("state_free_bytes") { line in line.disks.first { $0.role == .state }?.free },
            ]
    }

    // MARK: For people

    func lines(on page: Page) -> [Phrase] {
        [daemon(on: page), runs.wrapped(to: page.width), running(on: page), waiting(on: page), failed(on: page)]
            .separated()
    }

    private func daemon(on page: Page) -> [Phrase] {
        guard let daemon = status.daemon else { return ["no daemon has ever written this ledger"] }
        var facts = Facts()
        facts.add("models", "\(daemon.modelsFolder.string)")
        facts.add("watched", watch(daemon))
        facts.add("scanned", daemon.lastScan.map { "\(Ages.text(from: $0, to: now)) ago" } ?? "not yet")
        facts.add("output", "\(daemon.outputFolder.string)\(space(.output))")
        if let disk = disks.first(where: { $0.role == .state }) {
            facts.add("state", "\(disk.path.string)\(space(.state))")
        }
        let head: Phrase = "quantd \(daemon.version) \(DaemonLife(daemon).clause(daemon, now: now))"
        return head.wrapped(to: page.width) + facts.lines(on: page)
    }

    private func watch(_ daemon: DaemonState) -> Phrase {
        let mode: Phrase =
            switch daemon.watchMode {
            case .inotify: "with inotify"
            case .polling: Phrase("by polling", .warning)
            case .degraded: Phrase("degraded", .warning)
            }
        return mode + Phrase(daemon.watchClause.map { ": \($0)" } ?? "")
    }

    private func space(_ role: DiskSpace.Role) -> Phrase {
        guard let disk = disks.first(where: { $0.role == role }) else { return "" }
        let words = "\(Figures.bytes(Int(disk.free))) free of \(Figures.bytes(Int(disk.total)))"
        return ", " + Phrase(words, disk.isShort ? .warning : .plain)
    }

    private var runs: Phrase {
        let counts = RunStatus.allCases.compactMap { word -> Phrase? in
            status.counts[word].flatMap { $0 > 0 ? "\(Figures.grouped($0)) \(word.phrase)" : nil }
        }
        return "runs: " + (counts.isEmpty ? "none yet" : counts.joined(", "))
    }

    private var running: [RunningRun] {
        status.running.map { RunningRun(run: $0, progress: status.progress[$0.run]) }
    }

    private func running(on page: Page) -> [Phrase] {
        guard !running.isEmpty else { return [] }
        var table = TextTable([
            .number("RUN"), .text("RUNNING"), .word("FOR"), .text("DOING", least: 10, rank: 1),
            .number("ATTEMPT", rank: 0),
        ])
        for row in running {
            let run = row.run
            let age = run.started.map { Ages.text(from: $0, to: now) } ?? ""
            table.add(["\(run.run)", "\(run.model)", Phrase(age), Phrase(row.clause), "\(run.attempts)"])
        }
        return table.lines(width: page.width)
    }

    private func waiting(on page: Page) -> [Phrase] {
        guard !status.waiting.isEmpty else { return ["nothing waits"] }
        var table = TextTable([.text("WAITING"), .word("SINCE", rank: 0), .text("FOR", least: 30)])
        let shown = isComplete ? status.waiting : Array(status.waiting.prefix(Self.mostWaiting))
        for row in shown {
            table.add([row.model.text, "\(Ages.text(from: row.since, to: now)) ago", row.clause])
        }
        let rest = status.waiting.count - shown.count
        let more: [Phrase] = [Phrase("and \(Figures.grouped(rest)) more; --all shows them", .faint)]
        return table.lines(width: page.width) + (rest > 0 ? more : [])
    }

    private func failed(on page: Page) -> [Phrase] {
        guard let run = status.lastFailed else { return [] }
        let age = run.finished.map { ", \(Ages.text(from: $0, to: now)) ago" } ?? ""
        let message = Phrase(run.message ?? "").wrapped(to: page.width.map { max(20, $0 - 2) })
        return [Phrase("last failed", .bad) + ": run \(run.run) of \(run.model)\(age)"] + message.map { "  " + $0 }
    }
}

/// A run that runs now, and how far it is.
struct RunningRun: Recordable {
    let run: RunSummary
    let progress: RunProgress?

    static let fields: [Field<RunningRun>] =
        RunSummary.fields.map { $0.within { $0.run } }
        + [
            .text("step") { $0.progress?.step },
            .integer("done") { $0.progress?.done },
            .integer("total") { row in row.progress.flatMap { $0.total > 0 ? $0.total : nil } },
            .time("progressed") { $0.progress?.at },
        ]

    /// `quantizing, 43 %`, `evaluating, 120 of 360 samples`.
    var clause: String {
        guard let progress else { return "" }
        guard progress.total > 0 else { return progress.step }
        if progress.step == "quantizing" {
            return "\(progress.step), \(Figures.fixed(100 * (progress.part ?? 0), 0)) %"
        }
        return "\(progress.step), \(Figures.grouped(progress.done)) of \(Figures.grouped(progress.total)) samples"
    }
}

extension DaemonState: Recordable {
    static let fields: [Field<DaemonState>] = [
        .text("life") { DaemonLife($0).rawValue },
        .integer("pid") { $0.pid },
        .text("version") { $0.version },
        .time("started") { $0.started },
        .time("stopped") { $0.stopped },
        .text("watch_mode") { $0.watchMode.rawValue },
        .text("watch_clause") { $0.watchClause },
        .path("models_folder") { $0.modelsFolder },
        .path("output_folder") { $0.outputFolder },
        .time("last_scan") { $0.lastScan },
    ]
}

extension WaitingRow: Recordable {
    static let fields: [Field<WaitingRow>] = [
        .text("model") { $0.model.text },
        .time("since") { $0.since },
        .text("code") { $0.code },
        .text("clause") { $0.clause },
    ]
}
