import Ledger
import Testing
import Vocabulary

@testable import Requests

@Suite("What a retention lets go")
struct RetentionTests {
    /// Runs of the models `a` and `b` as `a5 published 50`: model and number, status, when it ended. By model, the latest first.
    static func runs(_ lines: String...) -> [PrunableRun] {
        lines.map { line in
            let words = line.split(separator: " ")
            return PrunableRun(
                run: Int(words[0].dropFirst()) ?? 0, model: ModelName(String(words[0].prefix(1))),
                status: RunStatus(rawValue: String(words[1])) ?? .failed,
                finished: Timestamp(microseconds: Int64(words[2]) ?? 0), bytes: 10)
        }
    }

    static let history = runs(
        "a9 published 90", "a8 rejected 80", "a7 cached 70", "a6 published 60", "a5 rejected 50", "a4 published 40",
        "b3 rejected 30", "b2 published 20", "b1 published 10")

    @Test(
        "so many later results must stay, and the run must be old enough",
        arguments: [
            (1, nil, [8, 7, 6, 5, 4, 1]),
            (2, nil, [6, 5, 4]),
            (3, nil, [5, 4]),
            (4, nil, []),
            (nil, 1000, [8, 7, 6, 5, 4, 3, 1]),
            (nil, 50, [4, 3, 1]),
            (nil, 10, []),
            (2, 45, [4]),
            (1, 20, [1]),
        ] as [(Int?, Int64?, [Int])])
    func choose(keep: Int?, before: Int64?, chosen: [Int]) throws {
        let retention = try Retention(keep: keep, before: before.map { Timestamp(microseconds: $0) })
        #expect(retention.choose(from: Self.history) { _ in nil }.map(\.run) == chosen)
    }

    @Test("the run that latest says stays, though it is not the latest")
    func latest() throws {
        let retention = try Retention(keep: 1)
        let chosen = retention.choose(from: Self.history) { $0.text == "a" ? 4 : 1 }
        #expect(chosen.map(\.run) == [8, 7, 6, 5])
    }

    @Test("whatever the limits are, the latest result of each model stays")
    func newestResult() throws {
        for keep in [nil, 1, 2, 7] as [Int?] {
            for before in [nil, 0, 15, 65, 1000] as [Int64?] where keep != nil || before != nil {
                let retention = try Retention(keep: keep, before: before.map { Timestamp(microseconds: $0) })
                let chosen = Set(retention.choose(from: Self.history) { _ in nil }.map(\.run))
                #expect(chosen.isDisjoint(with: [9, 2]))
            }
        }
    }

    @Test("a retention without a limit, or that keeps nothing, is refused")
    func refused() {
        #expect(throws: RequestError.self) { try Retention() }
        #expect(throws: RequestError.self) { try Retention(models: "*") }
        #expect(throws: RequestError.self) { try Retention(keep: 0) }
        #expect(throws: RequestError.self) { try Retention(keep: -1, before: .now) }
    }
}
