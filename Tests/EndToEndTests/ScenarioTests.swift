import Foundation
import Testing

/// What comes of the ways in which files arrive, change and go, with the real daemon and real programs.
///
/// `QUANTD_SCENARIO=N01` in the environment plays only those whose titles begin so.
@Suite struct ScenarioTests {
    /// More at once are no quicker, and each waits longer.
    private static let gate = Turnstile(4)

    private static func isWanted(_ scenario: Scenario) -> Bool {
        scenario.title.hasPrefix(ProcessInfo.processInfo.environment["QUANTD_SCENARIO"] ?? "")
    }

    @Test("the daemon comes to the state that the scenario tells", arguments: try Scenario.all().filter(isWanted))
    func plays(_ scenario: Scenario) async throws {
        try await Self.gate.pass {
            try await Scene().play(scenario)
        }
    }

    @Test("the scenario folder is found and not empty")
    func found() throws {
        #expect(try Scenario.all().count >= 60)
    }

    @Test(
        "a scenario that is no scenario is refused with file and line",
        arguments: [
            ("start\nend\n", "x.scenario:1: wanted '# ID TITLE'"),
            ("# A\n\njump high\nend\n", "x.scenario:3: there is no verb 'jump'"),
            ("# A\nput x\nend\n", "x.scenario:2: wanted 'put NAME|FILE MODEL [COUNT]'"),
            ("# A\nstart\n", "x.scenario:3: there is no 'end'"),
            (
                "# A\nend\nstart\n",
                "x.scenario:3: 'start' says nothing of the end, wanted one of "
                    + "[\"runs\", \"message\", \"latest\", \"waiting\", \"stray\"]"
            ),
        ])
    func malformed(text: String, message: String) {
        let error = #expect(throws: Scenario.Malformed.self) { try Scenario(file: "x.scenario", text) }
        #expect(error?.description == message)
    }
}

/// Lets so many in at once.
actor Turnstile {
    private var free: Int
    private var queue: [CheckedContinuation<Void, Never>] = []

    init(_ places: Int) { free = places }

    nonisolated func pass(_ body: () async throws -> Void) async throws {
        await enter()
        do {
            try await body()
        } catch {
            await leave()
            throw error
        }
        await leave()
    }

    private func enter() async {
        guard free == 0 else { return free -= 1 }
        await withCheckedContinuation { queue.append($0) }
    }

    private func leave() {
        if queue.isEmpty { free += 1 } else { queue.removeFirst().resume() }
    }
}
