import Dispatch

/// How operators use several cores.
enum Threads {
    /// How many threads the operator that runs may use.
    @TaskLocal static var limit = 1

    /// Calls `body` for every index, on up to `limit` threads; each index must write memory of its own alone.
    static func each(_ count: Int, _ body: (Int) -> Void) {
        let parts = min(limit, count)
        guard parts > 1 else {
            for index in 0..<max(count, 0) { body(index) }
            return
        }
        withoutActuallyEscaping(body) { body in
            // The compiler cannot see that indexes do not share memory, and a pointer is never Sendable to it.
            nonisolated(unsafe) let body = body
            DispatchQueue.concurrentPerform(iterations: parts) { part in
                let start = part * count / parts
                let end = (part + 1) * count / parts
                for index in start..<end { body(index) }
            }
        }
    }
}
