import Foundation
import Testing

/// A folder in which nobody stands still. `Scripts/torture churn` walks farther than this suite does every time.
@Suite struct ChurnTests {
    private static func variable(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }

    private static let steps = variable("QUANTD_CHURN_STEPS")
    private static let seeds = variable("QUANTD_CHURN_SEED").map { [$0] } ?? [1, 2]

    @Test("C01 after a random walk ledger and published tree are what the folder deserves", arguments: seeds)
    func churn(seed: Int) async throws {
        let churn = try Churn(seed: seed)
        let start = ContinuousClock.now
        try await churn.run(steps: Self.steps ?? 300, checks: Self.steps == nil ? 3 : 20)
        guard Self.steps != nil else { return }
        let figures = churn.figures.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        print("churn: seed \(seed), \((ContinuousClock.now - start) / .seconds(1)) s: \(figures)")
    }
}
