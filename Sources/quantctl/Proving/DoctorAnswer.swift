import Diagnosis

/// What `quantctl doctor` says.
struct DoctorAnswer: Answer {
    struct Document: Encodable {
        let schemaVersion = 1
        let checks: [Record]
    }

    let checks: [Check]

    var document: Document { Document(checks: checks.map(\.record)) }
    var records: Records { Records(checks) }

    func lines(on page: Page) -> [Phrase] {
        let width = checks.map(\.subject.cellCount).max() ?? 0
        let indent = width + 8
        return checks.flatMap { check -> [Phrase] in
            let state = Phrase(check.state.rawValue, check.state.style)
            let gap = String(repeating: " ", count: 6 - check.state.rawValue.count)
            let padding = String(repeating: " ", count: width - check.subject.cellCount + 2)
            let finding = Phrase(check.finding).wrapped(to: page.width.map { max(20, $0 - indent) })
            let advice = (check.advice.map { [Phrase("→ \($0)", .strong)] } ?? [])
                .flatMap { $0.wrapped(to: page.width.map { max(20, $0 - indent) }, indent: 2) }
            return (finding + advice).enumerated().map { index, line in
                (index == 0
                    ? "\(state)\(gap)\(check.subject)\(padding)" : Phrase(String(repeating: " ", count: indent))) + line
            }
        }
    }
}

extension Check: Recordable {
    static let fields: [Field<Check>] = [
        .text("state") { $0.state.rawValue },
        .text("subject") { $0.subject },
        .text("finding") { $0.finding },
        .text("advice") { $0.advice },
    ]
}

extension Check.State {
    fileprivate var style: Style {
        switch self {
        case .ok: .good
        case .warn: .warning
        case .fail: .bad
        }
    }
}
