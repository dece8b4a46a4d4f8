import Foundation
import Glibc
import LayerCatalogue
import ModelFormat
import Quantizing
import Settings
import SystemPackage
import TestSupport
import Vocabulary
import Working

/// What each model in a folder deserves, by nothing but what lies there now.
///
/// It knows nothing of events, runs and times. Of ours it uses what says what bytes are worth: the check of a `.param` against
/// its `.bin`, the reader of settings, and the quantizer.
struct Deserts {
    /// What is to come of a model.
    enum Fate: Equatable {
        case waits(String)
        case fails(String)
        case becomes(Golden.Twin)
    }

    /// By the model's name.
    private(set) var fates: [String: Fate] = [:]
    private let root: FilePath
    private let base: ModelSettings
    /// The files, by stem and ending, each path relative to the root.
    private var stems: [String: [String: FilePath]] = [:]

    init(of root: FilePath, base: Configuration) throws {
        self.root = root
        self.base = ModelSettings(base)
        let real = URL(fileURLWithPath: root.string).resolvingSymlinksInPath().path + "/"
        let walk = FileManager.default.enumerator(atPath: root.string)
        while let path = walk?.nextObject() as? String {
            let file = FilePath(path)
            guard let ending = file.extension, RandomWalk.endings.contains(ending), file.stem?.hasPrefix(".") == false
            else { continue }
            let place = root.appending(path)
            // A link counts as the file it leads to, inside the folder.
            guard let target = realpath(place.string, nil) else { continue }
            defer { free(target) }
            guard String(cString: target).hasPrefix(real), FileIdentity(of: place) != nil else { continue }
            stems[String(path.dropLast(ending.count + 1)), default: [:]][ending] = place
        }
        for stem in stems.keys { fates[stem] = fate(of: stem) }
    }

    private func hasNetwork(_ stem: String) -> Bool { stems[stem]?["param"] != nil || stems[stem]?["bin"] != nil }

    /// The names under which a table is looked for.
    private static func tables(_ stem: String) -> [String] {
        [stem] + ["-opt", ".ncnn"].filter(stem.hasSuffix).map { String(stem.dropLast($0.count)) }
    }

    private func table(_ stem: String) -> String? { Self.tables(stem).first { stems[$0]?["table"] != nil } }

    private func fate(of stem: String) -> Fate? {
        let files = stems[stem, default: [:]]
        if !hasNetwork(stem) {
            let isServant = stems.keys.contains { $0 != stem && hasNetwork($0) && self.table($0) == stem }
            guard files["table"] != nil, !isServant else { return nil }
        }
        let own = files["toml"].map { path in Result { try ModelSettings(path, over: base) } } ?? .success(base)
        let needsTable = (try? own.get())?.table == .required
        let table = self.table(stem).flatMap { stems[$0]?["table"] }
        guard let param = files["param"], let bin = files["bin"], table != nil || !needsTable else {
            var missing = ["param", "bin"].filter { files[$0] == nil }.map { "\(stem).\($0)" }
            if table == nil, needsTable {
                let names = Self.tables(stem).map { "\($0).table" }
                missing.append(names[0] + (names.count > 1 ? " (or \(names[1]))" : ""))
            }
            return .waits("waits for " + missing.joined(separator: " and "))
        }
        do {
            if case .short(let found, let wanted, let isExact) = try Model.inspect(
                QuantizeJob.readParam(param), bin: FileBytes(bin))
            {
                let about = isExact ? "" : "about "
                return .waits(
                    "waits for \(about)\(wanted - found) more bytes of its .bin (found \(found), wanted \(about)\(wanted))"
                )
            }
            let settings = try own.get().run.quantize
            return .becomes(try Golden.Twin(QuantizeJob(param: param, bin: bin, table: table, settings: settings)))
        } catch {
            return .fails("\(error)")
        }
    }
}
