import Foundation
import TestSupport
import Testing

/// The walls between the rooms: a room imports only rooms of lower levels, and what it may use from outside.
@Suite struct WallsTests {
    /// The table of levels of `docs/design.md`.
    static let levels: [String: Int] = [
        "Vocabulary": 0, "Scheduling": 0, "CKernels": 0, "CImages": 0,
        "ModelFormat": 1, "Numerics": 1, "Metrics": 1,
        "LayerCatalogue": 2, "Images": 2,
        "Quantizing": 3, "Inference": 3, "Watching": 3, "Assembling": 3, "Publishing": 3, "Ledger": 3,
        "Evaluating": 4, "Calibrating": 4, "Provenance": 4, "Reporting": 4, "Requests": 4, "Diagnosis": 4,
        "Settings": 5,
        "Working": 6,
        "Pipeline": 7,
        "quantd": 8, "quantctl": 8,
    ]

    /// Which rooms may use which library; a library that is not named here may be used by none.
    static let libraries: [String: Set<String>] = [
        "SystemPackage": [
            "Vocabulary", "Scheduling", "ModelFormat", "Images", "Evaluating", "Watching", "Assembling", "Publishing",
            "Ledger", "Provenance", "Reporting", "Requests", "Diagnosis", "Settings", "Working", "Pipeline", "quantd",
            "quantctl",
        ],
        "GRDB": ["Ledger"],
        "GRDBSQLite": ["Ledger"],
        "Crypto": ["Publishing", "Provenance", "Working", "Pipeline"],
        "CryptoExtras": ["Provenance"],
        "ArgumentParser": ["quantd", "quantctl"],
        "Logging": ["Pipeline", "quantd"],
        "TOMLKit": ["Settings"],
        "DequeModule": ["Scheduling", "Pipeline"], "HeapModule": ["Assembling"],
        "Foundation": [
            "Ledger", "Publishing", "Provenance", "Reporting", "Requests", "Diagnosis", "Settings", "Working",
            "Pipeline",
            "quantd", "quantctl",
        ],
        "FoundationEssentials": [
            "Images", "Ledger", "Publishing", "Provenance", "Reporting", "Requests", "Diagnosis", "Settings", "Working",
            "Pipeline",
            "quantd", "quantctl",
        ],
    ]

    /// The C library and the standard library's own modules belong to everyone.
    static let everyones: Set<String> = ["Glibc", "Synchronization", "Dispatch"]

    struct Import: CustomStringConvertible {
        let room: String
        let module: String
        let file: String

        var description: String { "\(file) imports \(module)" }
    }

    static func imports() throws -> [Import] {
        let sources = Fixtures.repository.appending("Sources").string
        var imports: [Import] = []
        for path in try FileManager.default.subpathsOfDirectory(atPath: sources) where path.hasSuffix(".swift") {
            let text = try String(contentsOfFile: "\(sources)/\(path)", encoding: .utf8)
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ")
                guard let keyword = words.firstIndex(of: "import"), keyword + 1 < words.count,
                    words[..<keyword].allSatisfy({
                        ["public", "package", "internal", "private", "@preconcurrency"].contains($0)
                    })
                else { continue }
                let module = words[keyword + 1].split(separator: ".")[0]
                imports.append(Import(room: String(path.split(separator: "/")[0]), module: String(module), file: path))
            }
        }
        return imports
    }

    @Test("every room stands on a level")
    func rooms() throws {
        let rooms = try FileManager.default.contentsOfDirectory(atPath: Fixtures.repository.appending("Sources").string)
        #expect(Set(rooms).subtracting(Self.levels.keys).isEmpty)
    }

    @Test("a room imports only rooms below it")
    func downwards() throws {
        let imports = try Self.imports()
        #expect(imports.count > 50)
        for one in imports {
            guard let level = Self.levels[one.module], let own = Self.levels[one.room] else { continue }
            #expect(level < own, "\(one)")
        }
    }

    @Test("the daemon's own process opens no model: what reads strangers' files is done by workers")
    func daemonReadsNothing() throws {
        let readers: Set<String> = [
            "ModelFormat", "LayerCatalogue", "Quantizing", "Inference", "Evaluating", "TOMLKit",
        ]
        for one in try Self.imports() where ["Pipeline", "quantd"].contains(one.room) {
            #expect(!readers.contains(one.module), "\(one)")
        }
    }

    @Test("a room uses only the libraries that it may")
    func outside() throws {
        for one in try Self.imports() where Self.levels[one.module] == nil && !Self.everyones.contains(one.module) {
            #expect(Self.libraries[one.module, default: []].contains(one.room), "\(one)")
        }
    }

    @Test("the daemon's own process uses nothing of libdispatch's pool, which would wake it once a second ever after")
    func daemonSleeps() throws {
        let rooms = ["Scheduling", "Watching", "Assembling", "Publishing", "Ledger", "Requests", "Pipeline", "quantd"]
        for room in rooms {
            let folder = Fixtures.repository.appending("Sources").appending(room).string
            for path in try FileManager.default.subpathsOfDirectory(atPath: folder) where path.hasSuffix(".swift") {
                let text = try String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8)
                let code = text.split(separator: "\n").filter { !$0.contains("///") }.joined(separator: "\n")
                let pool = #/\b(Dispatch(Queue|Source)|Task \{|Task\.(sleep|detached|init)|@concurrent)/#
                #expect(!code.contains(pool), "\(room)/\(path)")
            }
        }
    }

    @Test("only the executables print")
    func printing() throws {
        let sources = Fixtures.repository.appending("Sources").string
        for path in try FileManager.default.subpathsOfDirectory(atPath: sources)
        where path.hasSuffix(".swift") && !path.hasPrefix("quantd/") && !path.hasPrefix("quantctl/") {
            let text = try String(contentsOfFile: "\(sources)/\(path)", encoding: .utf8)
            #expect(!text.contains(#/(^|[^.\w])(print|debugPrint|NSLog|fputs|fprintf)\(/#), "\(path)")
        }
    }
}
