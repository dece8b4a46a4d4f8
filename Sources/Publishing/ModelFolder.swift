import SystemPackage
import Vocabulary

/// Where the runs of a model lie, and how one folder can hold the runs of `a` beside a model called `a/1`.
///
/// A part of a name that reads like a run number or `latest` gets a `%` at its end on disk: the model `a/1` lies in
/// `a/1%`, its run 7 in `a/1%/7`. No name has such a part of its own, because `%` stands in names only before the two
/// digits of an escaped byte, so two models never share a folder and no model lies in another's run. The first part
/// stays as it is: no runs lie in the output folder itself.
struct ModelFolder: Equatable {
    /// The parts of the path below the output folder.
    let parts: [String]

    /// The folder of a model; refuses names that cannot be one.
    init(of model: ModelName, below output: FilePath) throws(PublishingError) {
        let parts = model.text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        for part in parts {
            if let why = Self.objection(to: part) {
                throw PublishingError(.badModelName(why), at: output.appending(model.text))
            }
        }
        self.parts = parts.enumerated().map { place, part in
            place > 0 && Self.isReserved(part) ? part + Self.mark : part
        }
    }

    /// The model whose folder lies at these parts; nil where no model's does.
    static func model(at parts: [String]) -> ModelName? {
        var names: [String] = []
        for (place, part) in parts.enumerated() {
            if place > 0, isReserved(part) { return nil }
            let isMarked = place > 0 && part.hasSuffix(mark) && isReserved(String(part.dropLast()))
            let name = isMarked ? String(part.dropLast()) : part
            if objection(to: name) != nil { return nil }
            names.append(name)
        }
        return names.isEmpty ? nil : ModelName(names.joined(separator: "/"))
    }

    /// A run number as it is written: decimal, from 1, no leading zero.
    static func runNumber(_ name: String) -> Int? {
        guard let number = Int(name), number > 0, String(number) == name else { return nil }
        return number
    }

    static let latest = "latest"
    private static let mark = "%"

    private static func isReserved(_ part: String) -> Bool {
        part == latest || runNumber(part) != nil
    }

    private static func objection(to part: String) -> String? {
        if part.isEmpty { return "a part of it is empty" }
        if part.hasPrefix(".") { return "the part \(part) is hidden" }
        if part.hasSuffix(mark) { return "the part \(part) ends in an unfinished escape" }
        if part.utf8.contains(0) { return "it holds a zero byte" }
        return nil
    }
}
