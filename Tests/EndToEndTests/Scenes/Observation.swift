import Crypto
import Foundation
import Ledger
import Publishing
import SystemPackage
import TestSupport
import Vocabulary

/// What the daemon has come to: its ledger and the published tree, as lines of text, sorted.
///
///     runs NAME STATUS…      every model that has runs, and how they stand, in their order
///     message NAME TEXT      why the last run of the model was rejected or failed
///     latest NAME TWIN       whose int8 twin `latest` leads to (`Golden.twins`); `unknown` where it is nobody's
///     waiting NAME CLAUSE    every model that waits, and for what
///     stray PATH             what lies in the output folder, or is missing there, and the ledger does not say so
///
/// Folders stand as `$models`, `$output` and `$state`.
struct Observation: Equatable {
    static let subjects = ["runs", "message", "latest", "waiting", "stray"]

    var lines: [String]

    init(_ ledger: LedgerReader, of daemon: DaemonProcess) throws {
        let status = try ledger.status()
        let runs = try ledger.history().sorted { $0.run < $1.run }
        lines = status.waiting.map { "waiting \($0.model) \($0.clause)" }
        for (model, runs) in Dictionary(grouping: runs, by: \.model) {
            lines.append("runs \(model) \(runs.map(\.status.rawValue).joined(separator: " "))")
            if let message = runs.last?.message { lines.append("message \(model) \(message)") }
            if let folder = runs.last(where: { $0.folder != nil })?.folder {
                lines.append("latest \(model) \(Self.twin(in: folder, of: model))")
            }
        }
        lines += try PublishedTree(daemon.output).strays(runs: runs, ledger).map { "stray \($0)" }
        for (name, path) in [("$models", daemon.models), ("$output", daemon.output), ("$state", daemon.state)] {
            lines = lines.map { $0.replacingOccurrences(of: path.string, with: name) }
        }
        lines.sort()
    }

    /// Whose twin lies in a run folder.
    private static func twin(in folder: FilePath, of model: ModelName) -> String {
        twin(in: folder, of: model).flatMap { Golden.twins[$0] } ?? "unknown"
    }

    static func twin(in folder: FilePath, of model: ModelName) -> Golden.Twin? {
        let (param, bin) = (PublishedFile.param.name(of: model), PublishedFile.bin.name(of: model))
        guard let param = try? Fixtures.bytes(folder.appending(param)),
            let bin = try? Fixtures.bytes(folder.appending(bin))
        else { return nil }
        return Golden.Twin(param: param, bin: bin)
    }

    /// What differs from what was wanted, one line each.
    func difference(from wanted: [String]) -> String {
        let (missing, surplus) = (wanted.filter { !lines.contains($0) }, lines.filter { !wanted.contains($0) })
        return (missing.map { "- \($0)" } + surplus.map { "+ \($0)" }).joined(separator: "\n")
    }
}

/// Everything below the output folder.
struct PublishedTree {
    let output: FilePath
    /// Path below the output folder, and what lies there. Paths, since strings that mean the same letters are equal.
    private let entries: [FilePath: FileAttributeType]

    init(_ output: FilePath) throws {
        self.output = output
        var entries: [FilePath: FileAttributeType] = [:]
        // Links are not followed.
        let walk = FileManager.default.enumerator(atPath: output.string)
        while let path = walk?.nextObject() as? String {
            entries[FilePath(path)] = walk?.fileAttributes?[.type] as? FileAttributeType
        }
        self.entries = entries
    }

    /// What lies there although no run of the ledger put it there, or does not lie there as the ledger says. A model whose
    /// runs all failed may have an empty folder.
    func strays(runs: [RunSummary], _ ledger: LedgerReader) throws -> [String] {
        var strays: [String] = []
        var rest = entries
        func take(_ path: FilePath, _ type: FileAttributeType) {
            if rest.removeValue(forKey: path) != type { strays.append("\(path) is missing") }
        }
        for (model, runs) in Dictionary(grouping: runs, by: \.model) {
            let folder = try Publisher(reading: output).modelPath(of: model)
            var place = folder
            _ = place.removePrefix(output)
            var above = place
            while !above.isEmpty {
                rest[above] = nil
                above.removeLastComponent()
            }
            for run in runs where run.folder != nil {
                let own = place.appending("\(run.run)")
                guard rest.removeValue(forKey: own) == .typeDirectory else {
                    strays.append("\(own) is missing")
                    continue
                }
                for artifact in try ledger.artifacts(of: run.run) where !artifact.role.isInput {
                    let file = own.appending(artifact.path.lastComponent?.string ?? "")
                    take(file, .typeRegular)
                    if Self.digest(artifact.path) != artifact.digest?.hex {
                        strays.append("\(file) has other bytes")
                    }
                }
            }
            guard let latest = runs.last(where: { $0.folder != nil }) else { continue }
            take(place.appending("latest"), .typeSymbolicLink)
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: folder.appending("latest").string)
            if target != "\(latest.run)" { strays.append("\(place)/latest leads to \(target ?? "nothing")") }
        }
        // A run that came to nothing may leave its model an empty folder.
        let files = rest.filter { $0.value != .typeDirectory }.keys
        let others = rest.keys.filter { path in files.contains { $0.starts(with: path) } }
        return (strays + others.map(\.string)).sorted()
    }

    /// nil where there is no such file.
    static func digest(_ path: FilePath) -> String? {
        (try? Fixtures.bytes(path)).map { bytes in
            SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
        }
    }
}
