import GRDB

extension Database {
    /// Runs a statement that is run again and again. SQLite compiles it, and every trigger that it fires, once and not each
    /// time, which would cost more than running it.
    func execute(often sql: String, arguments: StatementArguments = StatementArguments()) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
