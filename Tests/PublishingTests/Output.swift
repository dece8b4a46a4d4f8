import Foundation
import SystemPackage
import TestSupport
import Vocabulary

@testable import Publishing

/// An output folder for one test.
struct Output {
    let folder: TemporaryFolder
    let publisher: Publisher

    init(disk: Disk = Disk()) throws {
        folder = try TemporaryFolder()
        publisher = Publisher(output: folder.path, disk: disk)
    }

    /// Publishes a run whose param and bin say the run's number.
    @discardableResult
    func publish(_ model: ModelName, _ run: Int) throws -> PublishedFolder {
        var staged = try publisher.stage(PublishedRun(model: model, run: run))
        try staged.write(PublishedFile.param.name(of: model), Self.param(run))
        try staged.write(PublishedFile.bin.name(of: model), Self.bin(run))
        return try staged.commit()
    }

    static func param(_ run: Int) -> [UInt8] { Array("7767517 run \(run)\n".utf8) }
    static func bin(_ run: Int) -> [UInt8] { [UInt8](repeating: UInt8(truncatingIfNeeded: run), count: 1000 + run) }

    /// Everything below the output folder, hidden names too, links as `name -> target`, in order.
    func everything() throws -> [String] {
        let manager = FileManager.default
        let names = try manager.subpathsOfDirectory(atPath: folder.path.string).sorted()
        return names.map { name in
            let place = folder.path.appending(name).string
            let target = try? manager.destinationOfSymbolicLink(atPath: place)
            return target.map { "\(name) -> \($0)" } ?? name
        }
    }

    /// Does this run lie there whole, with its sums?
    func isWhole(_ model: ModelName, _ run: Int) throws -> Bool {
        let place = try publisher.path(of: PublishedRun(model: model, run: run))
        let names = [PublishedFile.param.name(of: model), PublishedFile.bin.name(of: model), PublishedFile.checksums]
        let found = names.map { FileManager.default.contents(atPath: place.appending($0).string).map(Array.init) }
        let count = try FileManager.default.contentsOfDirectory(atPath: place.string).count
        return found[0] == Self.param(run) && found[1] == Self.bin(run) && found[2] != nil && count == 3
    }

    /// What `latest` of a model says; nil where there is none.
    func latest(_ model: ModelName) throws -> String? {
        let place = try publisher.modelPath(of: model).appending("latest")
        return try? FileManager.default.destinationOfSymbolicLink(atPath: place.string)
    }

    func exists(_ path: FilePath) -> Bool {
        (try? FileManager.default.attributesOfItem(atPath: path.string)) != nil
    }
}
