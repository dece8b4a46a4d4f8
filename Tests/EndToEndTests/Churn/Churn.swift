import Foundation
import Glibc
import Ledger
import Publishing
import Settings
import SystemPackage
import TestSupport
import Vocabulary

/// A random walk over the folder of a real daemon, which is stopped and killed on the way, and what must be true of the
/// ledger and the published tree whenever all is at rest.
final class Churn {
    private let scene: Scene
    private var walk: RandomWalk
    private let seed: Int
    private var generator: SeededGenerator
    private(set) var figures: [String: Int] = [:]

    struct Violation: Error, CustomStringConvertible {
        let description: String
    }

    /// Odd seeds give files second names, by links; then only a listing can tell the truth.
    init(seed: Int) throws {
        self.seed = seed
        scene = try Scene()
        walk = RandomWalk(root: scene.daemon.models, seed: UInt64(seed), links: seed % 2 == 1)
        generator = SeededGenerator(seed: ~UInt64(seed))
    }

    /// Takes so many steps and looks `checks` times at what has come of them.
    func run(steps: Int, checks: Int) async throws {
        try await scene.start()
        for step in 1...steps {
            walk.step()
            try look(at: step)
            if random(250) == 0 { try await restart() }
            if step % max(1, steps / checks) == 0 { try await check(at: step) }
        }
        try await check(at: steps)
        try scene.stop()
        figures["steps"] = steps
        figures["steps that did something"] = walk.counts.values.reduce(0, +)
        try expectNoDuplicates()
    }

    private func random(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }

    /// Ends the daemon in one way or the other, goes on walking for a while, and starts the next one.
    private func restart() async throws {
        if random(2) == 0 {
            try scene.stop()
            figures["daemons stopped", default: 0] += 1
        } else {
            try scene.kill("daemon")
            figures["daemons killed", default: 0] += 1
        }
        for _ in 0..<random(20) { walk.step() }
        try scene.launch()
    }

    // MARK: At any time

    /// Reads a model through `latest`, as its users do: whenever there is one, it is whole.
    private func look(at step: Int) throws {
        guard let model = published.randomElement(using: &generator) else { return }
        for _ in 0..<10 {
            guard let target = realpath(model.appending("latest").string, nil) else { return }
            defer { free(target) }
            let folder = FilePath(String(cString: target))
            if isWhole(folder) {
                figures["reads through latest", default: 0] += 1
                return
            }
            // A result whose daemon died before it was recorded may have been withdrawn meanwhile.
            if Fixtures.exists(folder) { continue }
        }
        throw Violation(description: "seed \(seed), step \(step): \(model)/latest leads to what is not whole")
    }

    /// The folders of models that have been published, as far as the last check saw.
    private var published: [FilePath] = []

    private func isWhole(_ folder: FilePath) -> Bool {
        guard let sums = try? Fixtures.bytes(folder.appending("SHA256SUMS")) else { return false }
        let lines = String(decoding: sums, as: UTF8.self).split(separator: "\n")
        return lines.count == 3
            && lines.allSatisfy { line in
                let parts = line.split(separator: " ", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
                return parts.count == 2 && PublishedTree.digest(folder.appending(parts[1])) == parts[0]
            }
    }

    // MARK: At rest

    private func check(at step: Int) async throws {
        if walk.links {
            try scene.stop()
            try await scene.start()
        }
        try await check("step \(step)")
        guard !walk.links else { return }
        try scene.stop()
        try await scene.start()
        try await check("step \(step), after another start")
    }

    private func check(_ when: String) async throws {
        try await scene.rest()
        var violations = try violations()
        // At rest nothing should be on its way; only the waiting list is written a moment later.
        for _ in 0..<100 where !violations.isEmpty {
            try await Task.sleep(for: .milliseconds(20))
            violations = try self.violations()
        }
        guard violations.isEmpty else {
            let listing = try FileManager.default.subpathsOfDirectory(atPath: scene.daemon.models.string).sorted()
            throw Violation(
                description: "seed \(seed), \(when):\n\(violations.joined(separator: "\n"))\n\n"
                    + "\(listing.joined(separator: "\n"))\n\n\(scene.daemon.log.suffix(20_000))")
        }
        figures["checks", default: 0] += 1
    }

    /// What is not as the folder deserves.
    private func violations() throws -> [String] {
        let ledger = try LedgerReader(path: scene.daemon.state.appending("ledger.sqlite"))
        let runs = try ledger.history().sorted { $0.run < $1.run }
        let waiting = Dictionary(uniqueKeysWithValues: try ledger.status().waiting.map { ($0.model.text, $0.clause) })
        var settings = Configuration(
            models: scene.daemon.models, output: scene.daemon.output, state: scene.daemon.state)
        settings.run.quantize.floatStorage = .fp16
        let fates = try Deserts(of: scene.daemon.models, base: settings).fates
        var violations: [String] = []
        for (model, fate) in fates {
            let last = runs.last { $0.model.text == model }
            switch fate {
            case .waits(let clause):
                if waiting[model] != clause { violations.append("\(model) should wait: \(clause)") }
            case .fails(let message):
                if waiting[model] != nil || last?.status != .failed || last?.message != message {
                    violations.append("\(model) should fail: \(message); it has \(last?.message ?? "no failed run")")
                }
            case .becomes(let twin):
                let folder = last?.folder
                if waiting[model] != nil || folder.flatMap({ Observation.twin(in: $0, of: ModelName(model)) }) != twin {
                    violations.append(
                        "\(model) should be published; its last run is \(last?.status.rawValue ?? "none")")
                }
            }
        }
        for (model, clause) in waiting {
            if case .waits = fates[model] { continue }
            violations.append("\(model) should not wait: \(clause)")
        }
        violations += runs.filter { !$0.status.hasEnded }.map { "run \($0.run) of \($0.model) has not ended" }
        let tree = try PublishedTree(scene.daemon.output)
        violations += try tree.strays(runs: runs, ledger).map { "stray \($0)" }
        published = Set(runs.filter { $0.folder != nil }.map(\.model)).sorted().compactMap {
            try? Publisher(reading: scene.daemon.output).modelPath(of: $0)
        }
        for status in RunStatus.allCases { figures["runs \(status)"] = runs.count { $0.status == status } }
        figures["models"] = Set(runs.map(\.model)).count
        return violations.sorted()
    }

    /// No model was published twice in a row from the same bytes with the same settings.
    private func expectNoDuplicates() throws {
        let ledger = try LedgerReader(path: scene.daemon.state.appending("ledger.sqlite"))
        for (model, runs) in Dictionary(grouping: try ledger.history(), by: \.model) {
            var before: [String?]?
            for run in runs.sorted(by: { $0.run < $1.run }) {
                let detail = try ledger.run(.number(run.run))
                let inputs = detail?.artifacts.filter { $0.role.isInput && $0.role != .settings }.map(\.digest?.hex)
                let now = run.folder == nil ? nil : (inputs ?? []) + [detail?.recipe?.settingsDigest.hex]
                if now != nil, now == before {
                    throw Violation(description: "seed \(seed): run \(run.run) of \(model) repeats the one before")
                }
                before = now
            }
        }
    }
}
