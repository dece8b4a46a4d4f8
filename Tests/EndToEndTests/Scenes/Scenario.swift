import Foundation
import TestSupport

/// A story played to a real daemon, read from a text file in `Scenarios/`.
///
///     # P04 A copier that was killed leaves a file that looks closed and quiet
///     start
///     put x.param embed
///     put x.table embed
///     writer x.bin embed 600
///     await waiting x waits for about 960 more bytes of its .bin (found 600, wanted about 1560)
///     kill writer
///     $ cat $embed/model.bin > x.bin
///
///     end
///     runs x published
///     latest x embed
///
/// The first line is the id and the title. A line is a step (`Verb.all` has them), a comment (`#`), or, behind `end`, a line
/// of the state to which it all comes. Those lines are the whole state (`Observation` says what they can say): what is not
/// there must not be there. The runner awaits that state, lets the daemon come to rest, stops it and starts it again, and
/// the state has to be the same each time.
struct Scenario: CustomStringConvertible, Sendable {
    /// One line to be carried out.
    struct Step: Sendable {
        let line: Int
        let verb: Verb
        /// What follows the verb, as it stands.
        let rest: String

        var words: [String] { rest.split(separator: " ").map(String.init) }
    }

    struct Malformed: Error, Equatable, CustomStringConvertible {
        let file: String
        let line: Int
        let text: String

        var description: String { "\(file):\(line): \(text)" }
    }

    let file: String
    /// The id and what the scenario shows.
    let title: String
    private(set) var steps: [Step] = []
    private(set) var end: [String] = []

    var description: String { title }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Scenarios")

    static func all() throws -> [Scenario] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "scenario" }
            .sorted { $0.path < $1.path }
            .map { try Scenario(file: $0.lastPathComponent, String(contentsOf: $0, encoding: .utf8)) }
    }

    /// - Throws: `Malformed` with the line.
    init(file: String, _ text: String) throws(Malformed) {
        self.file = file
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { String($0.drop { $0 == " " }) }
        title = lines.first.flatMap { $0.hasPrefix("# ") ? String($0.dropFirst(2)) : nil } ?? ""
        guard !title.isEmpty else { throw Malformed(file: file, line: 1, text: "wanted '# ID TITLE'") }
        var hasEnded = false
        for (index, line) in lines.enumerated() where !line.isEmpty && !line.hasPrefix("#") {
            func refuse(_ text: String) -> Malformed { Malformed(file: file, line: index + 1, text: text) }
            let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
            if hasEnded {
                guard Observation.subjects.contains(parts[0]), parts.count == 2 else {
                    throw refuse("'\(line)' says nothing of the end, wanted one of \(Observation.subjects)")
                }
                end.append(line)
            } else if line == "end" {
                hasEnded = true
            } else {
                guard let verb = Verb.all.first(where: { $0.name == parts[0] }) else {
                    throw refuse("there is no verb '\(parts[0])'")
                }
                let step = Step(line: index + 1, verb: verb, rest: parts.count == 2 ? parts[1] : "")
                guard verb.words.contains(step.words.count) else { throw refuse("wanted '\(verb.usage)'") }
                steps.append(step)
            }
        }
        guard hasEnded else { throw Malformed(file: file, line: lines.count, text: "there is no 'end'") }
        end.sort()
    }
}
