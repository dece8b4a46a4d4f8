import Ledger
import Reporting
import Vocabulary

/// What `quantctl show` says: a run with all that belongs to it.
struct ShowAnswer: Answer {
    let detail: RunDetail
    let metrics: [MetricRecord]
    let layers: [LayerReport]

    var document: RunDetailJson { RunDetailJson(detail, metrics: metrics, layers: layers) }
    /// One line: the run. `layers` and `compare` have lines of the rest.
    var records: Records { Records([run]) }

    func lines(on page: Page) -> [Phrase] {
        let layers = layers.isEmpty ? [] : LayerTable.table(layers).lines(width: page.width)
        return [
            head.wrapped(to: page.width), facts.lines(on: page), MetricTable.lines(metrics, on: page),
            Self.table(of: detail.artifacts).lines(width: page.width), layers, events,
        ].separated()
    }

    private var run: RunSummary { detail.summary }

    private var head: Phrase {
        var head: Phrase = "\(run.model, .strong) run \(run.run) \(run.status.phrase)"
        if let verdict = run.verdict { head = head + " \(verdict.phrase)" }
        if let source = run.cachedFrom { head.add(", the result of run \(source)") }
        if let message = run.message { head.add(": \(message)") }
        return head
    }

    private var facts: Facts {
        var facts = Facts()
        facts.add("folder", run.folder.map { "\($0.string)" })
        if let before = run.bytesBefore, let after = run.bytesAfter {
            let share = Figures.share(Int(after), of: Int(before))
            facts.add("weights", "\(Figures.bytes(Int(before))) → \(Figures.bytes(Int(after))) (\(share))")
        }
        if let int8 = run.int8Layers, let all = run.layers { facts.add("layers", "\(int8) of \(all) int8") }
        if let worst = run.worstSQNR, let layer = run.worstLayer {
            facts.add("worst", "\(layer), SQNR of its weights \(Figures.fixed(worst, 1)) dB")
        }
        facts.add("queued", "\(Figures.clock(run.queued)) (\(run.trigger.rawValue))")
        if let finished = run.finished {
            facts.add("ended", "\(Figures.clock(finished))\(run.started == nil ? "" : ", took \(Figures.span(run))")")
        }
        if let pruned = run.pruned {
            facts.add("pruned", "\(Figures.clock(pruned)): the folder and the lines of its layers are gone")
        }
        if run.attempts > 1 { facts.add("attempts", "\(run.attempts)") }
        if let recipe = detail.recipe {
            facts.add("settings", Phrase(RecordedSettings(json: recipe.settings).description))
            facts.add("made by", "quantd \(recipe.builderVersion)")
        }
        facts.add("known as", "\(detail.uuid)")
        return facts
    }

    /// Files as a table for people.
    static func table(of artifacts: [RunArtifact]) -> TextTable {
        var table = TextTable([.word("FILE"), .number("BYTES"), .word("SHA-256"), .path("PATH")])
        for artifact in artifacts {
            table.add([
                artifact.role.rawValue, "\(artifact.size)", artifact.digest?.short ?? "not read", artifact.path.string,
            ])
        }
        return table
    }

    private var events: [Phrase] {
        detail.events.map { "\(Figures.clock($0.at))  \($0.kind): \($0.message)" }
    }
}

extension [[Phrase]] {
    /// The parts that say something, with an empty line between them.
    func separated() -> [Phrase] {
        Array<[Phrase]>(filter { !$0.isEmpty }).joined(separator: [""]).map(\.self)
    }
}
