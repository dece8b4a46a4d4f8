import Assembling
import Testing

@Suite("Scenarios of arrival")
struct ScenarioTests {
    @Test("the assembler does, step by step, what the scenario says", arguments: try Scenario.all())
    func follows(_ scenario: Scenario) throws {
        var telling = Telling(scenario.settings)
        for step in scenario.steps {
            let place: Comment = "\(scenario.name).txt:\(step.line): \(step.words.joined(separator: " "))"
            let taken = telling.take(step)
            let actions = try #require(taken, place)
            #expect(actions == step.actions, place)
            if let waiting = step.waiting {
                #expect(telling.assembler.waiting.map(\.description) == waiting, place)
            }
            if let deadline = step.deadline {
                let found = telling.assembler.nextDeadline.map { "\($0 / .seconds(1))" } ?? "none"
                #expect(found == deadline, place)
            }
        }
    }

    @Test("the scenario folder is found and not empty")
    func foundScenarios() throws {
        #expect(try Scenario.all().count >= 20)
        #expect(try Scenario.all().allSatisfy { !$0.steps.isEmpty })
    }
}
