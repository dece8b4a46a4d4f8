import Ledger
import Vocabulary

/// The status in JSON; `docs/json.md` describes the fields.
struct StatusJson: Encodable {
    struct Daemon: Encodable {
        let life: String
        let pid: Int
        let version: String
        let started: String
        let stopped: String?
        let watchMode: String
        let watchClause: String?
        let modelsFolder: String
        let outputFolder: String
        let lastScan: String?
    }

    struct Waiting: Encodable {
        let model: String
        let since: String
        let code: String
        let clause: String
    }

    let schemaVersion = 1
    let daemon: Daemon?
    let runs: [String: Int]
    let queued: Int
    let running: [RunJson]
    let waiting: [Waiting]
    let lastFailed: RunJson?

    init(_ answer: StatusAnswer) {
        daemon = answer.daemon.map { daemon in
            Daemon(
                life: DaemonLife(daemon).rawValue, pid: daemon.pid, version: daemon.version,
                started: daemon.started.description, stopped: daemon.stopped?.description,
                watchMode: daemon.watchMode.rawValue, watchClause: daemon.watchClause,
                modelsFolder: daemon.modelsFolder.string, outputFolder: daemon.outputFolder.string,
                lastScan: daemon.lastScan?.description)
        }
        runs = Dictionary(uniqueKeysWithValues: answer.counts.map { ($0.key.rawValue, $0.value) })
        queued = answer.queued
        running = answer.running.map(RunJson.init)
        waiting = answer.waiting.map {
            Waiting(model: $0.model.text, since: $0.since.description, code: $0.code, clause: $0.clause)
        }
        lastFailed = answer.lastFailed.map(RunJson.init)
    }
}
