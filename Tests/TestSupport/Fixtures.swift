import Foundation
public import SystemPackage

/// The checked-in files that tests read.
public enum Fixtures {
    /// `Tests/Fixtures`.
    public static let folder = FilePath(#filePath).removingLastComponent().removingLastComponent().appending("Fixtures")

    /// The repository.
    public static let repository = folder.removingLastComponent().removingLastComponent()

    /// The folder of a golden case: a model, its table, and what ncnn's own tool made of it.
    public static func golden(_ name: String) -> FilePath {
        folder.appending("golden").appending(name)
    }

    /// The names of all golden cases.
    public static func goldenNames() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.appending("golden").string)) ?? []
        return names.filter { exists(golden($0).appending("case.json")) }.sorted()
    }

    /// Whether there is a file or folder.
    public static func exists(_ path: FilePath) -> Bool {
        FileManager.default.fileExists(atPath: path.string)
    }

    /// The bytes of a file.
    public static func bytes(_ path: FilePath) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path.string)))
    }
}
