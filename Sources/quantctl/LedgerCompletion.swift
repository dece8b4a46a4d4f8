import ArgumentParser
import Ledger
import Vocabulary

/// What can stand on the command line next, from the ledger. Whoever presses Tab wants words or nothing: what goes wrong
/// is not said.
enum LedgerCompletion {
    /// Models whose names begin as the word does.
    @Sendable static func models(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
        let names = try? ledger(words)?.models(beginningWith: prefix, limit: limit).map(\.text)
        return names ?? []
    }

    /// Runs: numbers, models, and behind `model@` the numbers of its runs.
    @Sendable static func runs(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
        guard let ledger = try? ledger(words) else { return [] }
        if let at = prefix.lastIndex(of: "@") {
            let model = ModelName(String(prefix[..<at]))
            let runs = (try? ledger.runNumbers(of: model, limit: limit)) ?? []
            if !runs.isEmpty { return runs.map { "\(model)@\($0)" } }
        }
        let isNumber = !prefix.isEmpty && prefix.allSatisfy { $0.isASCII && $0.isNumber }
        let numbers = isNumber ? ((try? ledger.runNumbers(limit: limit)) ?? []).map(String.init) : []
        return numbers + ((try? ledger.models(beginningWith: prefix, limit: limit)) ?? []).map(\.text)
    }

    /// So many words are more than anyone reads.
    private static let limit = 200

    /// The ledger that the words on the command line are about.
    private static func ledger(_ words: [String]) throws -> LedgerReader? {
        func value(of option: String) -> String? {
            if let place = words.lastIndex(of: option), place + 1 < words.count { return words[place + 1] }
            return words.last { $0.hasPrefix(option + "=") }.map { String($0.dropFirst(option.count + 1)) }
        }
        var arguments: [String] = []
        for option in ["--state", "--config"] {
            if let value = value(of: option) { arguments += [option, value] }
        }
        return try LedgerPlace.parse(arguments).openLedger()
    }
}
