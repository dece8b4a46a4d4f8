import ArgumentParser
import Ledger
import Vocabulary

/// A run as people name it, and the answer where there is none.
struct RunArgument: ParsableArguments {
    @Argument(
        help: "A run: its number, a model (its latest run), model@number, or model@-1 (the one before its latest).",
        completion: .custom(LedgerCompletion.runs))
    var run: String

    /// The run, or exit code 3 with a word about it.
    func find(in ledger: LedgerReader) throws -> RunDetail {
        try Self.find(run, in: ledger)
    }

    /// The run of that name, or exit code 3 with a word about it.
    static func find(_ text: String, in ledger: LedgerReader) throws -> RunDetail {
        let reference = RunReference(text)
        if let detail = try ledger.run(reference) { return detail }
        throw try complaint(reference, ledger)
    }

    /// Nothing where the model has runs; else exit code 3 with a word about it.
    static func requireRuns(of model: ModelName, _ ledger: LedgerReader) throws {
        guard try ledger.runNumbers(of: model, limit: 1).isEmpty else { return }
        throw Complaint(try clause(.latest(model), ledger), .absent)
    }

    /// The word where there is no such run.
    static func complaint(_ reference: RunReference, _ ledger: LedgerReader) throws -> Complaint {
        Complaint(try clause(reference, ledger), .absent)
    }

    /// Why there is no such run, and which may have been meant.
    private static func clause(_ reference: RunReference, _ ledger: LedgerReader) throws -> String {
        switch reference {
        case .number(let run):
            let latest = try ledger.runNumbers(limit: 1).first.map { "the latest is run \($0)" } ?? "there are none yet"
            return "there is no run \(run) in \(ledger.path); \(latest)"
        case .latest(let model):
            if let row = try ledger.waiting(model) { return "\(model) has no run yet: it \(row.clause)" }
            let near = NearNames.nearest(to: model.text, among: try ledger.models(limit: 100_000).map(\.text))
            return "there is no run of '\(model)' in \(ledger.path)\(NearNames.question(near))"
        case .before(let model, let steps):
            let runs = try ledger.runNumbers(of: model, limit: steps)
            guard !runs.isEmpty else { return try clause(.latest(model), ledger) }
            return
                "\(model) has only \(runs.count) \(runs.count == 1 ? "run" : "runs"), none \(steps) before the latest"
        case .numbered(let model, let run):
            let runs = try ledger.runNumbers(of: model, limit: 3)
            guard let latest = runs.first else { return try clause(.latest(model), ledger) }
            if let other = try ledger.run(.number(run)) {
                return "run \(run) is one of '\(other.summary.model)', not of '\(model)'"
            }
            return "\(model) has no run \(run); its latest is run \(latest)"
        }
    }
}
