import Ledger
import Testing
import Vocabulary

@testable import Requests

@Suite("What a retention lets go")
struct RetentionTests {
    /// Runs of a model as `5 published 50`: number, status, when it ended; the latest first.
    static func runs(_ lines: String...) -> [PrunableRun] {
        lines.map { line in
            let words = line.split(separator: " ")
            return PrunableRun(
                run: Int(words[0]) ?? 0, model: ModelName("a"),
                status: RunStatus(rawValue: String(words[1])) ?? .failed,
                finished: Timestamp(microseconds: Int64(words[2]) ?? 0), bytes: 10)
        }
    }

    static let models = [
        runs(
            "9 published 90", "8 rejected 80", "7 cached 70", "6 published 60", "5 rejected 50", "4 published 40"),
        runs("3 rejected 30", "2 published 20", "1 published 10"),
    ]

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
        #expect(Self.models.flatMap { retention.choose(from: $0, latest: nil) }.map(\.run) == chosen)
    }

    @Test("the run that latest says stays, though it is not the latest")
    func latest() throws {
        let retention = try Retention(keep: 1)
        #expect(retention.choose(from: Self.models[0], latest: 4).map(\.run) == [8, 7, 6, 5])
        #expect(retention.choose(from: Self.models[1], latest: 1).isEmpty)
    }

    @Test("whatever the limits are, the latest result of each model stays")
    func newestResult() throws {
        for keep in [nil, 1, 2, 7] as [Int?] {
            for before in [nil, 0, 15, 65, 1000] as [Int64?] where keep != nil || before != nil {
                let retention = try Retention(keep: keep, before: before.map { Timestamp(microseconds: $0) })
                let chosen = Self.models.flatMap { retention.choose(from: $0, latest: nil) }
                #expect(Set(chosen.map(\.run)).isDisjoint(with: [9, 2]))
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
