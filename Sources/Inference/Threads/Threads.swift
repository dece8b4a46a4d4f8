/// How operators use several cores.
enum Threads {
    /// The threads of the network that runs; nil where it has but one.
    @TaskLocal private static var crew: Crew?

    /// How many threads the operator that runs may use.
    static var limit: Int { crew?.size ?? 1 }

    /// Does `work` with up to `count` threads for its operators. They are there until it ends, and then no longer.
    ///
    /// Where it is itself done with threads, it gets those.
    static func with<Result, Failure>(
        _ count: Int, _ work: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard max(count, 1) != limit else { return try work() }
        let crew = count > 1 ? Crew(size: count) : nil
        defer { crew?.dismiss() }
        // A task-local value is bound by a function that throws any error.
        return try $crew.withValue(crew) { Swift.Result(catching: work) }.get()
    }

    /// Calls `body` for every index, on up to `limit` threads; each index must write memory of its own alone.
    ///
    /// Who is free takes the next indexes, so parts need not be of one size, and which thread does what is left to chance.
    static func each(_ count: Int, _ body: (Int) -> Void) {
        guard count > 1, let crew, crew.share(count, body) else {
            for index in 0..<max(count, 0) { body(index) }
            return
        }
    }
}
