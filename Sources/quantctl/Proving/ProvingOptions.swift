import ArgumentParser
import Ledger

/// Which ledger is asked, and how the answer is printed, for the commands that prove and ask.
struct ProvingOptions: ParsableArguments {
    /// How an answer is printed.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table
        case json
    }

    @OptionGroup var place: LedgerPlace

    @Option(help: "How the answer is printed: table or json.")
    var format = Format.table

    /// Opens the ledger for reading.
    func openLedger() throws -> LedgerReader {
        try place.openLedger()
    }
}
