import Foundation
import SystemPackage
import TestSupport

/// The ways in which people and programs put a model into the folder.
enum Delivery: String, CaseIterable, CustomStringConvertible {
    case copied
    case movedIn
    case underTemporaryNames
    case slowly
    case binFirst
    case tableLast
    case wholeFolderMovedIn
    case hardLinked

    var description: String { rawValue }

    /// Puts the digits model into a new subfolder of `models` under the name `digits`.
    func deliver(into models: FilePath, from scratch: FilePath) throws {
        let files = FileManager.default
        let source = Fixtures.golden("digits-cnn")
        let target = models.appending("vision")
        func path(_ ending: String) -> String { target.appending("digits.\(ending)").string }
        func original(_ ending: String) -> String { source.appending("model.\(ending)").string }
        if self != .wholeFolderMovedIn {
            try files.createDirectory(atPath: target.string, withIntermediateDirectories: true)
        }
        switch self {
        case .copied:
            for ending in ["param", "bin", "table"] {
                try files.copyItem(atPath: original(ending), toPath: path(ending))
            }
        case .movedIn:
            for ending in ["table", "param", "bin"] {
                let outside = scratch.appending("digits.\(ending)").string
                try files.copyItem(atPath: original(ending), toPath: outside)
                try files.moveItem(atPath: outside, toPath: path(ending))
            }
        case .underTemporaryNames:
            // As rsync does: a hidden name with a random ending, then a rename.
            for ending in ["bin", "param", "table"] {
                let hidden = target.appending(".digits.\(ending).Xa81Zq").string
                try files.copyItem(atPath: original(ending), toPath: hidden)
                try files.moveItem(atPath: hidden, toPath: path(ending))
            }
        case .slowly:
            try files.copyItem(atPath: original("param"), toPath: path("param"))
            try files.copyItem(atPath: original("table"), toPath: path("table"))
            try trickle(original("bin"), to: path("bin"))
        case .binFirst:
            for ending in ["bin", "table", "param"] {
                try files.copyItem(atPath: original(ending), toPath: path(ending))
            }
        case .tableLast:
            for ending in ["bin", "param", "table"] {
                try files.copyItem(atPath: original(ending), toPath: path(ending))
            }
        case .wholeFolderMovedIn:
            let outside = scratch.appending("vision")
            try files.createDirectory(atPath: outside.string, withIntermediateDirectories: true)
            for ending in ["param", "bin", "table"] {
                try files.copyItem(atPath: original(ending), toPath: outside.appending("digits.\(ending)").string)
            }
            try files.moveItem(atPath: outside.string, toPath: target.string)
        case .hardLinked:
            for ending in ["param", "bin", "table"] {
                let outside = scratch.appending("digits.\(ending)").string
                try files.copyItem(atPath: original(ending), toPath: outside)
                try files.linkItem(atPath: outside, toPath: path(ending))
            }
        }
    }

    /// Writes a file in pieces, with pauses longer than the daemon's settle time between some of them.
    private func trickle(_ source: String, to target: String) throws {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: source))
        try Data().write(to: URL(fileURLWithPath: target))
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: target))
        defer { try? handle.close() }
        let piece = bytes.count / 5 + 1
        for start in stride(from: 0, to: bytes.count, by: piece) {
            try handle.write(contentsOf: bytes[start..<min(bytes.count, start + piece)])
            usleep(300_000)
        }
    }
}
