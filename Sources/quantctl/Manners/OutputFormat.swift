import ArgumentParser

/// How an answer is printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    /// For people.
    case table
    /// One object.
    case json
    /// One object a line.
    case jsonl
    /// RFC 4180, with a line of names.
    case csv
}
