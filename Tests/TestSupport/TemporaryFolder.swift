import Foundation
public import SystemPackage

/// A fresh folder for one test, removed with its value.
public final class TemporaryFolder: Sendable {
    public let path: FilePath

    public init() throws {
        let place = FileManager.default.temporaryDirectory.appendingPathComponent("quantd-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        path = FilePath(place.path)
    }

    deinit {
        // A folder that stays behind harms no other test; there is no one left to tell.
        try? FileManager.default.removeItem(atPath: path.string)
    }

    /// Writes a file below the folder, its parents included, and returns where it lies.
    @discardableResult
    public func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> FilePath {
        let place = path.appending(name)
        try FileManager.default.createDirectory(
            atPath: place.removingLastComponent().string, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: place.string))
        return place
    }

    /// Writes a text file below the folder, its parents included, and returns where it lies.
    @discardableResult
    public func write(_ name: String, _ text: String) throws -> FilePath {
        try write(name, Array(text.utf8))
    }
}
