import ArgumentParser
import Foundation
import Ledger
import Requests
import SystemPackage
import Vocabulary

/// Asks the daemon to do something, and waits a moment for its answer.
struct Asking: ParsableArguments {
    @Option(help: ArgumentHelp("How long to wait for quantd's answer.", valueName: "seconds"))
    var wait = 10.0

    func validate() throws {
        guard wait >= 0, wait <= 86400 else { throw ValidationError("--wait is \(wait), wanted 0 to 86400") }
    }

    /// What came of a request.
    enum Outcome {
        case answered(LedgerEvent)
        /// The daemon lives and has not come to it yet.
        case open
        /// No daemon runs; it will be done when one does.
        case noDaemon
    }

    /// Drops a request.
    func drop(_ request: Request, state: FilePath) throws {
        do {
            try RequestFolder(state: state).drop(request)
        } catch .noSuchFileOrDirectory {
            throw Complaint(
                "there is no folder \(RequestFolder(state: state).path); quantd makes it when it starts", .io)
        } catch .permissionDenied {
            throw Complaint(
                "you may not write \(RequestFolder(state: state).path); become a member of its group, or ask with sudo",
                .io)
        } catch {
            throw Complaint("\(RequestFolder(state: state).path) cannot be written: \(error)", .io)
        }
    }

    /// Waits for the answers to requests that were dropped, in their order.
    func outcomes(of requests: [Request], in ledger: LedgerReader) throws -> [Outcome] {
        let deadline = ContinuousClock.now + .milliseconds(Int64(wait * 1000))
        var answers: [String: LedgerEvent] = [:]
        while true {
            for request in requests where answers[request.id] == nil {
                answers[request.id] = try ledger.answer(to: request.id)
            }
            let lives = try ledger.daemon().map { DaemonLife($0) == .running } ?? false
            if answers.count == requests.count || !lives || ContinuousClock.now >= deadline {
                return requests.map { answers[$0.id].map { .answered($0) } ?? (lives ? .open : .noDaemon) }
            }
            Thread.sleep(forTimeInterval: 0.05)
        }
    }
}

extension Asking.Outcome {
    /// Whether it was refused.
    var isRefused: Bool {
        if case .answered(let event) = self { event.kind == LedgerEvent.refused } else { false }
    }

    var clause: String {
        switch self {
        case .answered(let event): event.kind == LedgerEvent.refused ? "refused: \(event.message)" : event.message
        case .open: "asked; quantd has not answered yet, 'quantctl history' will show what came of it"
        case .noDaemon: "asked; quantd does not run, it will be done when it starts"
        }
    }

    /// The clause, as it stands out.
    var phrase: Phrase {
        switch self {
        case .answered: Phrase(clause, isRefused ? .bad : .plain)
        case .open, .noDaemon: Phrase(clause, .warning)
        }
    }

    /// The word in JSON.
    var word: String {
        switch self {
        case .answered(let event): event.kind == LedgerEvent.refused ? "refused" : "done"
        case .open, .noDaemon: "open"
        }
    }

    /// The run that came of it.
    var run: Int? {
        if case .answered(let event) = self { event.run } else { nil }
    }
}
