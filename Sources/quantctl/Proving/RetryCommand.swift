import ArgumentParser
import Ledger
import Requests
import SystemPackage
import Vocabulary

/// `quantctl retry`: run a model again.
struct RetryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Has quantd run models again, with their files as they are now.",
        discussion: """
            Whatever came of them before: a failed one, one whose worker died, one that was published; no earlier result is taken \
            over. quantd is asked through a file in <state>/requests, so one needs to be in its group, and it may be started later.

              quantctl retry vision/resnet18
              quantctl retry 17 18 --wait 60

            Exit code 1 where quantd refuses.
            """)

    @Argument(help: "Models, or runs of them.", completion: .custom(LedgerCompletion.runs))
    var models: [String]

    @OptionGroup var asking: Asking
    @OptionGroup var options: LedgerOptions

    func run() throws {
        let ledger = try options.openLedger()
        let names = try models.map { try Self.model($0, ledger) }
        let state = try options.place.statePath()
        let requests = names.map { Request(.retry($0)) }
        for request in requests { try asking.drop(request, state: state) }
        let outcomes = try asking.outcomes(of: requests, in: ledger)
        let asked = zip(zip(requests, names), outcomes).map { AskedRequest($0.0, of: $0.1, $1) }
        try options.show(RequestsAnswer(requests: asked))
        if outcomes.contains(where: \.isRefused) { throw ExitCode.no }
    }

    private static func model(_ text: String, _ ledger: LedgerReader) throws -> ModelName {
        let reference = RunReference(text)
        if let run = try ledger.run(reference) { return run.summary.model }
        if let waiting = try ledger.status().waiting.first(where: { $0.model.text == text }) {
            throw Complaint("\(waiting.model) has no run yet: it \(waiting.clause)", .no)
        }
        throw try RunArgument.complaint(reference, ledger)
    }
}
