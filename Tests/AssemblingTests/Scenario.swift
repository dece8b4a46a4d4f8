import Assembling
import Foundation
import SystemPackage
import Vocabulary

/// A story told to the assembler, read from a text file in `Scenarios/`.
///
/// A line is a step, an expectation about the step above it, or a comment (`#`). A step opens with its time in seconds:
///
///     0    seen FILE N                  N stands for the state of the file
///     0    gone FILE
///     0    folderGone FOLDER
///     0    scanning | scanned
///     6    tick
///     6    inspected NAME whole | short FOUND WANTED exact|open | broken TEXT | changed
///     9    finished NAME
///     9    dropped NAME
///     9    retry NAME
///     0    known NAME FILE=N FILE=N …
///     0    resumed NAME FILE=N FILE=N …
///     6    settings NAME optional|required      the answer to the last `readSettings` about the model
///
/// Expectations: `> readSettings NAME FILE=N`, `> inspect NAME FILE=N …`, `> start …`, `> refuse NAME … : TEXT` are all
/// the actions of the step, in order; a step without any must have none. `waiting NAME CLAUSE` (or `waiting nobody`)
/// lines, where there are any, are the whole list. `deadline T` (or `deadline none`) is when the assembler wants to be
/// asked again. A line `settle T` or `table optional` before the first step changes the settings.
struct Scenario: CustomStringConvertible, Sendable {
    struct Step: Sendable {
        let line: Int
        let time: Duration
        let words: [String]
        var actions: [String] = []
        var waiting: [String]?
        var deadline: String?
    }

    struct Malformed: Error, CustomStringConvertible {
        let file: String
        let line: Int
        let text: String

        var description: String { "\(file):\(line): no such step or expectation: \(text)" }
    }

    let name: String
    var settings = Assembler.Settings()
    var steps: [Step] = []

    var description: String { name }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Scenarios")

    static func all() throws -> [Scenario] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "txt" }
            .sorted { $0.path < $1.path }
            .map(Scenario.init)
    }

    init(_ file: URL) throws {
        name = file.deletingPathExtension().lastPathComponent
        let lines = try String(contentsOf: file, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let words = line.split(separator: " ").map(String.init)
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            guard take(words, first, line: index + 1) else {
                throw Malformed(file: file.lastPathComponent, line: index + 1, text: String(line))
            }
        }
    }

    private mutating func take(_ words: [String], _ first: String, line: Int) -> Bool {
        let rest = words.dropFirst().joined(separator: " ")
        if let seconds = Double(first), words.count > 1 {
            let time = Duration.milliseconds(Int((seconds * 1000).rounded()))
            steps.append(Step(line: line, time: time, words: Array(words.dropFirst())))
            return true
        }
        if steps.isEmpty {
            switch (first, words.dropFirst().first) {
            case ("settle", let seconds?): settings.settle = .seconds(Int(seconds) ?? 0)
            case ("table", "optional"): settings.tableOptional = true
            default: return false
            }
            return true
        }
        let last = steps.count - 1
        switch first {
        case ">": steps[last].actions.append(rest)
        case "waiting": steps[last].waiting = (steps[last].waiting ?? []) + (rest == "nobody" ? [] : [rest])
        case "deadline": steps[last].deadline = rest
        default: return false
        }
        return true
    }
}

/// Tells a scenario to an assembler, step by step.
struct Telling {
    static let root: FilePath = "/models"

    var assembler: Assembler
    /// What the assembler last asked to inspect, by model: the shell answers about the triple that it was given.
    private var inspected: [String: Triple] = [:]
    private var settings: [String: Triple.File] = [:]

    init(_ settings: Assembler.Settings) {
        assembler = Assembler(root: Self.root, settings: settings)
    }

    /// The state that the number stands for.
    static func identity(_ number: Int) -> FileIdentity {
        FileIdentity(device: 1, inode: 1, size: Int64(number), modified: 0, changed: 0)
    }

    /// Takes one step and returns the actions as a scenario writes them; nil where there is no such step.
    mutating func take(_ step: Scenario.Step) -> [String]? {
        let words = step.words
        if words == ["tick"] { return write(assembler.tick(step.time)) }
        return event(words).map { write(assembler.handle($0, at: step.time)) }
    }

    private func event(_ words: [String]) -> AssemblyEvent? {
        switch words[0] {
        case "seen" where words.count == 3: Int(words[2]).map { .seen(path(words[1]), Self.identity($0)) }
        case "gone" where words.count == 2: .gone(path(words[1]))
        case "folderGone" where words.count == 2: .folderGone(path(words[1]))
        case "scanning": .scanning
        case "scanned": .scanned
        case "inspected" where words.count > 2: inspected(words)
        case "finished" where words.count == 2: .finished(ModelName(words[1]))
        case "retry" where words.count == 2: .retry(ModelName(words[1]))
        case "dropped" where words.count == 2: .dropped(ModelName(words[1]))
        case "known" where words.count > 3: triple(words).map { .known(ModelName(words[1]), $0) }
        case "resumed" where words.count > 3: triple(words).map { .resumed(ModelName(words[1]), $0) }
        case "settings" where words.count == 3:
            settings[words[1]].map {
                .settingsRead(ModelName(words[1]), $0, tableOptional: words[2] == "optional")
            }
        default: nil
        }
    }

    private func path(_ name: String) -> FilePath {
        name.hasPrefix("/") ? FilePath(name) : Self.root.appending(name)
    }

    private func inspected(_ words: [String]) -> AssemblyEvent? {
        guard let triple = inspected[words[1]] else { return nil }
        let rest = words.dropFirst(3)
        let inspection: Inspection? =
            switch words[2] {
            case "whole": .whole
            case "changed": .changed
            case "broken": .broken(rest.joined(separator: " "))
            case "short" where words.count == 6:
                if let found = Int64(words[3]), let wanted = Int64(words[4]) {
                    .short(found: found, wanted: wanted, exact: words[5] == "exact")
                } else {
                    nil
                }
            default: nil
            }
        return inspection.map { .inspected(ModelName(words[1]), triple, $0) }
    }

    private func triple(_ words: [String]) -> Triple? {
        let files = words.dropFirst(2).compactMap { word -> Triple.File? in
            let parts = word.split(separator: "=").map(String.init)
            guard parts.count == 2, let number = Int(parts[1]) else { return nil }
            return Triple.File(path: path(parts[0]), identity: Self.identity(number))
        }
        func file(_ ending: String) -> Triple.File? { files.first { $0.path.extension == ending } }
        guard let param = file("param"), let bin = file("bin") else { return nil }
        return Triple(
            name: ModelName(words[1]), param: param, bin: bin, table: file("table"), settings: file("toml"))
    }

    private mutating func write(_ actions: [AssemblyAction]) -> [String] {
        actions.map { action in
            switch action {
            case .readSettings(let model, let file):
                settings[model.text] = file
                return "readSettings \(model) \(write(file))"
            case .inspect(let triple):
                inspected[triple.name.text] = triple
                return "inspect " + write(triple)
            case .start(let triple): return "start " + write(triple)
            case .refuse(let triple, let reason): return "refuse " + write(triple) + " : " + reason
            }
        }
    }

    private func write(_ triple: Triple) -> String {
        ([triple.name.text] + triple.files.map(write)).joined(separator: " ")
    }

    private func write(_ file: Triple.File) -> String { "\(file.path.belowTheRoot)=\(file.identity.size)" }
}

extension FilePath {
    fileprivate var belowTheRoot: FilePath {
        var path = self
        _ = path.removePrefix(Telling.root)
        return path
    }
}
