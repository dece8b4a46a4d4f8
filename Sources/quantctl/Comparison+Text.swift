import Ledger
import Reporting
import Vocabulary

extension Comparison {
    func lines(on page: Page) -> [Phrase] {
        [
            heads(on: page), table(of: .run, "RUN", on: page), files(on: page),
            table(of: .setting, "SETTING", onlyDifferent: true, on: page), metrics(on: page), layers(on: page),
            [isSame ? Phrase("the same", .good) : Phrase("they differ", .warning)],
        ].separated()
    }

    private func heads(on page: Page) -> [Phrase] {
        var table = TextTable([
            .word(""), .text("MODEL"), .number("RUN"), .word("STATUS"), .word("VERDICT", rank: 1),
            .word("WHEN", rank: 0),
        ])
        for (letter, side) in [("A", a), ("B", b)] {
            let run = side.detail.summary
            table.add([
                Phrase(letter, .strong), "\(run.model)", "\(run.run)", run.status.phrase, run.verdict?.phrase ?? "",
                Phrase(Figures.clock(run.at)),
            ])
        }
        return table.lines(width: page.width)
    }

    private func lines(_ part: Line.Part, onlyDifferent: Bool = false) -> [Line] {
        lines.filter { $0.part == part && (isComplete || !onlyDifferent || !$0.isSame) }
    }

    private func table(
        of part: Line.Part, _ title: String, onlyDifferent: Bool = false, on page: Page
    ) -> [Phrase] {
        let shown = lines(part, onlyDifferent: onlyDifferent)
        guard !shown.isEmpty else { return [] }
        var table = TextTable([.text(title), .text("A"), .text("B"), .number("B − A", rank: 0)])
        for line in shown {
            table.add([
                Phrase(line.name.isEmpty ? line.figure : line.name), Phrase(text(line.a)),
                Phrase(text(line.b), line.isSame ? .plain : .warning), Phrase(signed(line.delta)),
            ])
        }
        return table.lines(width: page.width)
    }

    private func files(on page: Page) -> [Phrase] {
        var table = TextTable([
            .word("FILE"), .word("A"), .word("B"), .number("BYTES A", rank: 1), .number("BYTES B", rank: 0), .word(""),
        ])
        let files = lines(.file)
        for digest in files where digest.figure == "sha256" {
            let size = files.first { $0.name == digest.name && $0.figure == "bytes" }
            table.add([
                Phrase(digest.name), Phrase(String(text(digest.a).prefix(12))),
                Phrase(String(text(digest.b).prefix(12))),
                Phrase(text(size?.a)), Phrase(text(size?.b)), digest.isSame ? "same" : Phrase("differs", .warning),
            ])
        }
        return table.isEmpty ? [] : table.lines(width: page.width)
    }

    private func metrics(on page: Page) -> [Phrase] {
        let shown = lines(.metric).filter { $0.figure != "dataset_sha256" }
        guard !shown.isEmpty else { return [] }
        var table = TextTable([.text("FIGURE"), .word("TWIN"), .number("A"), .number("B"), .number("B − A", rank: 0)])
        for line in shown {
            table.add([line.name, line.figure, text(line.a), text(line.b), signed(line.delta)])
        }
        let samples = lines(.metric).first { $0.figure == "dataset_sha256" }
        let areOthers = samples.map { !$0.isSame && $0.a != nil && $0.b != nil } ?? false
        let note: [Phrase] = [Phrase("note: A and B were run on different samples", .warning)]
        return table.lines(width: page.width) + (areOthers ? note : [])
    }

    /// A row for each layer of which anything differs.
    private func layers(on page: Page) -> [Phrase] {
        if a.layers.isEmpty != b.layers.isEmpty {
            return ["\(a.layers.isEmpty ? "A" : "B") has no layers on record"]
        }
        let names = lines(.layer).map(\.name)
        let byName = Dictionary(grouping: lines(.layer), by: \.name)
        var table = TextTable([
            .text("LAYER", least: 14), .text("TYPE", least: 11, rank: 0), .word("DECISION"), .number("BYTES", rank: 4),
            .number("WEIGHTS dB", rank: 3), .number("LOCAL dB", rank: 2), .number("ACCUM. dB", rank: 1),
        ])
        var seen: Set<String> = []
        var same = 0
        for name in names where seen.insert(name).inserted {
            let lines = byName[name] ?? []
            if !isComplete, lines.allSatisfy(\.isSame) {
                same += 1
                continue
            }
            func change(_ figure: String) -> Phrase {
                guard let line = lines.first(where: { $0.figure == figure }) else { return "" }
                if line.isSame { return Phrase(text(line.a)) }
                return Phrase("\(text(line.a)) → \(text(line.b))", figure == "decision" ? .warning : .plain)
            }
            table.add([
                Phrase(name), change("type"), change("decision"), change("bytes_after"), change("sqnr_db"),
                change("local_sqnr_db"), change("accumulated_sqnr_db"),
            ])
        }
        let rest: [Phrase] = same > 0 ? [Phrase("\(same) layers are the same in both; --all shows them", .faint)] : []
        return (table.isEmpty ? [] : table.lines(width: page.width)) + rest
    }

    private func text(_ value: FieldValue?) -> String {
        switch value {
        case nil: "–"
        case .number(let number): Figures.significant(number, 5)
        default: Csv.cell(value)
        }
    }

    private func signed(_ value: FieldValue?) -> String {
        switch value {
        case .integer(let number): number > 0 ? "+\(number)" : "\(number)".replacing("-", with: "−")
        case .number(let number): (number > 0 ? "+" : "") + Figures.significant(number, 4).replacing("-", with: "−")
        default: ""
        }
    }
}
