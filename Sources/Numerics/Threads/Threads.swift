/// How loops use several cores.
public enum Threads {
    /// Those of whoever runs; nil where there is but one.
    @TaskLocal private static var crew: Crew?

    /// How many threads may be used.
    public static var limit: Int { crew?.size ?? 1 }

    /// Does `work` with up to `count` threads for the loops in it. They are there until it ends, and then no longer.
    ///
    /// What asks for as many threads within `work` uses these, which spares it to start its own.
    public static func with<Result, Failure>(
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
    /// Who is free takes from what others have not come to, so indexes need not cost the same.
    public static func each(_ count: Int, _ body: (Int) -> Void) {
        guard count > 1, let crew, crew.share(count, body) else {
            for index in 0..<max(count, 0) { body(index) }
            return
        }
    }
}
