/// What is known of a version of SQLite.
public enum SQLiteVersion {
    /// SQLite 3.7.0 to 3.51.2 can damage a database when one connection commits while another checkpoints
    /// (https://sqlite.org/wal.html, "the WAL-reset bug"); 3.44.6 and 3.50.7 have the correction too.
    public static func hasResetBug(_ version: String) -> Bool {
        let parts = version.split(separator: ".").map { Int($0) ?? 0 }
        guard parts.count >= 3, parts[0] == 3 else { return false }
        switch parts[1] {
        case ..<7: return false
        case 44: return parts[2] < 6
        case 50: return parts[2] < 7
        case 51: return parts[2] < 3
        case 52...: return false
        default: return true
        }
    }

    public static func check(_ version: String) -> Check {
        guard hasResetBug(version) else { return Check(.ok, "sqlite", "version \(version)") }
        return Check(
            .ok, "sqlite",
            "version \(version) has the WAL-reset bug; quantd is its ledger's only writer and is not hurt by it",
            advice: "with other programs, open the ledger for reading only: sqlite3 -readonly ledger.sqlite")
    }
}
