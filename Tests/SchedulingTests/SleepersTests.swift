import Testing

@testable import Scheduling

@Suite struct SleepersTests {
    static let start = ContinuousClock.now

    /// Takes out all that are due so many seconds after the start.
    static func due(_ sleepers: inout Sleepers<Int>, _ seconds: Int) -> [Int] {
        var due: [Int] = []
        while let next = sleepers.popDue(at: start + .seconds(seconds)) { due.append(next) }
        return due
    }

    @Test("they wake in the order of their times, and of two at the same time the one that came first")
    func order() {
        var sleepers = Sleepers<Int>()
        for (sleeper, seconds) in [30, 10, 20, 10, 0].enumerated() {
            sleepers.insert(sleeper, sleepers.newID(for: Self.start + .seconds(seconds)))
        }
        #expect(sleepers.next == Self.start)
        #expect(Self.due(&sleepers, -1) == [])
        #expect(Self.due(&sleepers, 19) == [4, 1, 3])
        #expect(sleepers.next == Self.start + .seconds(20))
        #expect(Self.due(&sleepers, 100) == [2, 0])
        #expect(sleepers.next == nil)
    }

    @Test("one is taken out once, from wherever it stands")
    func removal() {
        var sleepers = Sleepers<Int>()
        let ids = (0..<5).map { number in
            let id = sleepers.newID(for: Self.start + .seconds(number / 2))
            sleepers.insert(number, id)
            return id
        }
        #expect(sleepers.remove(ids[2]) == 2)
        #expect(sleepers.remove(ids[2]) == nil)
        #expect(sleepers.remove(ids[4]) == 4)
        #expect(Self.due(&sleepers, 100) == [0, 1, 3])
        #expect(sleepers.remove(ids[0]) == nil)
    }
}
