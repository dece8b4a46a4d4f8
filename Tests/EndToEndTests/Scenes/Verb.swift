import Foundation
import SystemPackage
import TestSupport
import Testing

/// What a line of a scenario can do.
struct Verb: Sendable {
    let name: String
    let usage: String
    /// How many words may follow.
    let words: ClosedRange<Int>
    let perform: @Sendable (Scene, Scenario.Step) async throws -> Void

    private init(
        _ usage: String, _ words: ClosedRange<Int>,
        _ perform: @escaping @Sendable (Scene, Scenario.Step) async throws -> Void
    ) {
        name = String(usage.prefix { $0 != " " })
        self.usage = usage
        self.words = words
        self.perform = perform
    }

    private static let any = 1...1000

    static let all = [
        // Before the daemon starts.
        Verb("needs PROGRAM|PATH…", any) { _, step in
            for program in step.words where Program.path(of: program) == nil {
                try Test.cancel("\(program) is not there")
            }
        },
        Verb("config KEY = VALUE", any) { scene, step in try scene.configure(step.rest) },
        Verb("folder models|output|state PATH", 2...2) { scene, step in try scene.move(step.words[0], step.words[1]) },
        Verb("as an ordinary user", 3...3) { scene, _ in try scene.giveUpRights() },

        // The daemon.
        Verb("start", 0...0) { scene, _ in try await scene.start() },
        // Without waiting for the first listing.
        Verb("launch", 0...0) { scene, _ in try scene.launch() },
        Verb("stop", 0...0) { scene, _ in try scene.stop() },
        Verb("kill daemon|writer", 1...1) { scene, step in try scene.kill(step.rest) },
        Verb("hold", 0...0) { scene, _ in try scene.hold() },
        Verb("release", 0...0) { scene, _ in try scene.release() },

        // The folder. A MODEL is one of `Golden.models`; all paths begin at the watched folder.
        Verb("$ COMMAND", any) { scene, step in try scene.shell(step.rest) },
        Verb("put NAME|FILE MODEL [COUNT]", 2...3) { scene, step in try scene.put(step.words) },
        Verb("writer FILE MODEL COUNT", 3...3) { scene, step in try await scene.startWriter(step.words) },
        Verb("linkat FILE MODEL", 2...2) { scene, step in try scene.linkUnnamed(step.words[0], step.words[1]) },
        Verb("exchange PATH PATH", 2...2) { scene, step in try scene.exchange(step.words[0], step.words[1]) },
        Verb("store FILE MODEL", 2...2) { scene, step in try scene.store(step.words[0], step.words[1]) },

        // Waiting for a state, never for a time.
        Verb("await rest|held|log TEXT|no LINE|LINE", any) { scene, step in try await scene.await(step.rest) },
    ]
}

/// Programs of this machine.
enum Program {
    /// Where a program lies; nil where it is not installed. A name with slashes is its path.
    static func path(of name: String) -> FilePath? {
        if name.contains("/") { return Fixtures.exists(FilePath(name)) ? FilePath(name) : nil }
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        return folders.map { FilePath(String($0)).appending(name) }.first {
            FileManager.default.isExecutableFile(atPath: $0.string)
        }
    }
}
