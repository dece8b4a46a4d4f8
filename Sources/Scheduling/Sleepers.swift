/// Who sleeps until when. There are few: one for each thing that the daemon will do at a time.
struct Sleepers<Sleeper: Sendable> {
    /// Tells one sleeper from another; the one that is due first is the least.
    struct ID: Comparable {
        let time: ContinuousClock.Instant
        let number: Int

        static func < (left: ID, right: ID) -> Bool { (left.time, left.number) < (right.time, right.number) }
    }

    /// The one that is due first stands last.
    private var sleepers: [(id: ID, sleeper: Sleeper)] = []
    private var last = 0

    /// When the next one is to be woken.
    var next: ContinuousClock.Instant? { sleepers.last?.id.time }

    mutating func newID(for time: ContinuousClock.Instant) -> ID {
        last += 1
        return ID(time: time, number: last)
    }

    mutating func insert(_ sleeper: Sleeper, _ id: ID) {
        sleepers.insert((id, sleeper), at: index(of: id))
    }

    /// Takes one out; nil where it is not there, or not any more.
    mutating func remove(_ id: ID) -> Sleeper? {
        let index = index(of: id)
        guard index < sleepers.count, sleepers[index].id == id else { return nil }
        return sleepers.remove(at: index).sleeper
    }

    /// Takes one out whose time has come.
    mutating func popDue(at now: ContinuousClock.Instant) -> Sleeper? {
        guard let next, next <= now else { return nil }
        return sleepers.popLast()?.sleeper
    }

    /// Where it stands, or would.
    private func index(of id: ID) -> Int {
        var (low, high) = (0, sleepers.count)
        while low < high {
            let middle = (low + high) / 2
            if sleepers[middle].id > id { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
