import Assembling
import SystemPackage
import Testing
import Vocabulary

/// A deterministic source of random numbers (SplitMix64, Steele, Lea and Flood 2014).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// The folder and the shell as they are in truth, kept as plainly as can be, beside the assembler that must agree.
private struct World {
    static let stems = ["a", "a.ncnn", "a-opt", "b", "d/a", "d/a.ncnn-opt", "d/e/c"]
    static let folders = ["d", "d/e"]
    static let endings = ["param", "bin", "table", "toml"]
    static let settle = Duration.seconds(5)

    var assembler = Assembler(root: "/models", settings: .init(settle: settle))
    var generator: SeededGenerator
    var now = Duration.zero
    private var files: [String: FileIdentity] = [:]
    private var changedAt: [String: Duration] = [:]
    private var nextIdentity: UInt64 = 0
    /// Triples that the assembler asked about and that have no answer yet.
    private var asked: [Triple] = []
    private var running: [ModelName: Triple] = [:]
    private var ended: [ModelName: Triple] = [:]
    /// Triples that were last found too short.
    private var short: [ModelName: Triple] = [:]
    /// Models that may run once more although nothing changed.
    private var excused: Set<ModelName> = []
    private(set) var starts = 0

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func step() {
        now += .milliseconds(Int.random(in: 0...1500, using: &generator))
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<40: write(randomFile())
        case 40..<52: remove(randomFile())
        case 52..<54: removeFolder()
        case 54..<56: missEvents()
        case 56..<60: rescan()
        case 60..<75: answer()
        case 75..<85: finishOne()
        case 85..<88: retry()
        default: carryOut(assembler.tick(now))
        }
    }

    /// Lets everything settle and run, as a shell does when nothing more happens in the folder.
    mutating func quiesce() {
        rescan()
        for _ in 0..<1000 {
            if !asked.isEmpty {
                answer(always: .whole)
            } else if !running.isEmpty {
                finishOne()
            } else if let deadline = assembler.nextDeadline {
                #expect(deadline > now, "a deadline that has passed was not acted on")
                now = deadline
                carryOut(assembler.tick(now))
            } else {
                return
            }
        }
        Issue.record("the assembler never comes to rest")
    }

    /// Nothing goes on any more: what is whole has had its run, and what is not is said to wait for just what it lacks.
    func expectRest(_ place: Comment) {
        var expected: [String: [String]] = [:]
        for stem in Self.stems where files[stem + ".param"] != nil || files[stem + ".bin"] != nil {
            if let triple = triple(stem), short[triple.name] == triple {
                expected[stem] = []
            } else if let triple = triple(stem) {
                #expect(ended[triple.name]?.identities == triple.identities, place)
            } else {
                expected[stem] = missing(stem)
            }
        }
        for stem in Self.stems where files[stem + ".table"] != nil && expected[stem] == nil && lacksNetwork(stem) {
            let serves = Self.stems.contains { !lacksNetwork($0) && chosenTable($0) == stem + ".table" }
            if !serves { expected[stem] = missing(stem) }
        }
        let waiting = assembler.waiting
        #expect(waiting.map(\.name.text) == expected.keys.sorted(), place)
        for model in waiting {
            switch model.reason {
            case .missing(let files): #expect(files.map { $0.tried[0] } == expected[model.name.text], place)
            case .bytes: #expect(expected[model.name.text] == [], place)
            default: Issue.record("\(model) at rest, \(place)")
            }
        }
    }

    // MARK: The folder

    private mutating func randomFile() -> String {
        (Self.stems.randomElement(using: &generator) ?? "a") + "."
            + (Self.endings.randomElement(using: &generator) ?? "bin")
    }

    private mutating func write(_ file: String) {
        nextIdentity += 1
        let identity = FileIdentity(device: 1, inode: nextIdentity, size: 1, modified: 0, changed: 0)
        files[file] = identity
        changedAt[file] = now
        tell(.seen(path(file), identity))
    }

    private mutating func remove(_ file: String) {
        if files.removeValue(forKey: file) != nil { changedAt[file] = now }
        tell(.gone(path(file)))
    }

    private mutating func removeFolder() {
        let folder = Self.folders.randomElement(using: &generator) ?? "d"
        for file in files.keys where file.hasPrefix(folder + "/") {
            files[file] = nil
            changedAt[file] = now
        }
        tell(.folderGone(path(folder)))
    }

    /// An overflow: files change and vanish and nobody says so; then a listing puts it right.
    private mutating func missEvents() {
        for _ in 0..<4 {
            let file = randomFile()
            changedAt[file] = now
            if Bool.random(using: &generator) {
                files[file] = nil
            } else {
                nextIdentity += 1
                files[file] = FileIdentity(device: 1, inode: nextIdentity, size: 1, modified: 0, changed: 0)
            }
        }
        rescan()
    }

    private mutating func rescan() {
        tell(.scanning)
        for (file, identity) in files.sorted(by: { $0.key < $1.key }).shuffled(using: &generator) {
            tell(.seen(path(file), identity))
        }
        tell(.scanned)
    }

    // MARK: The shell

    private mutating func tell(_ event: AssemblyEvent) {
        carryOut(assembler.handle(event, at: now))
    }

    private mutating func carryOut(_ actions: [AssemblyAction]) {
        for action in actions {
            switch action {
            case .readSettings(let model, let file):
                tell(.settingsRead(model, file, tableOptional: false))
            case .inspect(let triple):
                expectSettled(triple)
                asked.append(triple)
            case .start(let triple):
                #expect(running[triple.name] == nil, "\(triple.name) was started twice at once")
                expectNews(triple)
                running[triple.name] = triple
                starts += 1
            case .refuse(let triple, _):
                expectNews(triple)
                ended[triple.name] = triple
            }
        }
    }

    /// What is to be read is what lies there, and has lain there for the settle time. In the middle of a listing that
    /// puts missed events right the assembler cannot know better yet, so the check is about what it was told.
    private func expectSettled(_ triple: Triple) {
        for file in triple.files {
            let name = String(file.path.string.dropFirst("/models/".count))
            guard files[name] == file.identity else { continue }
            let changed = changedAt[name] ?? .zero
            #expect(now - changed >= Self.settle, "\(file.path) was to be read \(now - changed) after it changed")
        }
    }

    private mutating func expectNews(_ triple: Triple) {
        if excused.remove(triple.name) == nil {
            #expect(ended[triple.name]?.identities != triple.identities, "\(triple.name) ran twice without a change")
        }
    }

    private mutating func answer(always: Inspection? = nil) {
        guard let index = asked.indices.randomElement(using: &generator) else { return }
        let triple = asked.remove(at: index)
        let inspections: [Inspection] = [
            .whole, .whole, .short(found: 1, wanted: 2, exact: true), .broken("no"), .changed,
        ]
        let inspection = always ?? inspections.randomElement(using: &generator) ?? .whole
        if case .short = inspection { short[triple.name] = triple } else { short[triple.name] = nil }
        tell(.inspected(triple.name, triple, inspection))
    }

    private mutating func finishOne() {
        guard let name = running.keys.sorted().randomElement(using: &generator) else { return }
        ended[name] = running.removeValue(forKey: name)
        tell(.finished(name))
    }

    private mutating func retry() {
        let name = ModelName(Self.stems.randomElement(using: &generator) ?? "a")
        excused.insert(name)
        if asked.allSatisfy({ $0.name != name }) { short[name] = nil }
        tell(.retry(name))
    }

    // MARK: What must come of it

    private func path(_ file: String) -> FilePath { FilePath("/models/" + file) }

    private func lacksNetwork(_ stem: String) -> Bool {
        files[stem + ".param"] == nil && files[stem + ".bin"] == nil
    }

    private func tables(_ stem: String) -> [String] {
        let stripped = [
            "a.ncnn": ["a"], "a-opt": ["a"], "d/a.ncnn-opt": ["d/a.ncnn", "d/a"],
        ]
        return ([stem] + stripped[stem, default: []]).map { $0 + ".table" }
    }

    private func chosenTable(_ stem: String) -> String? {
        tables(stem).first { files[$0] != nil }
    }

    private func triple(_ stem: String) -> Triple? {
        func file(_ name: String?) -> Triple.File? {
            name.flatMap { name in files[name].map { Triple.File(path: path(name), identity: $0) } }
        }
        guard let param = file(stem + ".param"), let bin = file(stem + ".bin"), let table = file(chosenTable(stem))
        else { return nil }
        return Triple(name: ModelName(stem), param: param, bin: bin, table: table, settings: file(stem + ".toml"))
    }

    private func missing(_ stem: String) -> [String] {
        [stem + ".param", stem + ".bin"].filter { files[$0] == nil }
            + (chosenTable(stem) == nil ? [stem + ".table"] : [])
    }
}

extension Triple {
    fileprivate var identities: [FileIdentity?] {
        [param.identity, bin.identity, table?.identity, settings?.identity]
    }
}

@Suite("Churn")
struct ChurnTests {
    @Test("after any churn what is whole has run once and what is not waits for just what it lacks", arguments: 1...40)
    func churn(seed: Int) {
        var world = World(seed: UInt64(seed))
        for round in 0..<5 {
            for _ in 0..<100 {
                world.step()
            }
            world.quiesce()
            world.expectRest("seed \(seed), round \(round)")
        }
        #expect(world.starts > 0, "seed \(seed) started nothing and so tested nothing")
    }

    @Test("ten thousand triples dropped at once, file by file, are ten thousand starts", .timeLimit(.minutes(5)))
    func tenThousand() {
        var assembler = Assembler(root: "/models")
        let identity = FileIdentity(device: 1, inode: 1, size: 1, modified: 1, changed: 1)
        var inspections: [AssemblyAction] = []
        for ending in ["bin", "table", "param"] {
            for number in 0..<10_000 {
                let path = FilePath("/models/folder\(number % 100)/m\(number).\(ending)")
                inspections += assembler.handle(.seen(path, identity), at: .milliseconds(number / 100))
            }
        }
        #expect(inspections.isEmpty)
        #expect(assembler.waiting.count == 10_000)
        inspections = assembler.tick(.seconds(60))
        #expect(inspections.count == 10_000)
        var started: Set<ModelName> = []
        for case .inspect(let triple) in inspections {
            let actions = assembler.handle(.inspected(triple.name, triple, .whole), at: .seconds(60))
            if actions == [.start(triple)] { started.insert(triple.name) }
        }
        #expect(started.count == 10_000)
        let late = started.flatMap { assembler.handle(.finished($0), at: .seconds(61)) }
        #expect(late.isEmpty)
        #expect(assembler.waiting.isEmpty)
        #expect(assembler.nextDeadline == nil)
        #expect(assembler.handle(.folderGone("/models/folder7"), at: .seconds(62)) == [])
    }

    @Test("a folder of other files as large as you like costs the assembler nothing and lists nobody")
    func strangers() {
        var assembler = Assembler(root: "/models")
        let identity = FileIdentity(device: 1, inode: 1, size: 1, modified: 1, changed: 1)
        for number in 0..<1000 {
            #expect(assembler.handle(.seen(FilePath("/models/\(number).jpg"), identity), at: .zero) == [])
        }
        #expect(assembler.waiting.isEmpty)
    }

    @Test("two names that look the same and differ in their bytes are two models")
    func composedAndDecomposed() {
        var assembler = Assembler(root: "/models")
        let identity = FileIdentity(device: 1, inode: 1, size: 1, modified: 1, changed: 1)
        for name in ["caf\u{E9}", "cafe\u{301}"] {
            #expect(assembler.handle(.seen(FilePath("/models/\(name).param"), identity), at: .zero) == [])
        }
        let names = assembler.waiting.map { Array($0.name.text.utf8) }
        #expect(names == [Array("cafe\u{301}".utf8), Array("caf\u{E9}".utf8)])
    }

    @Test("a name that is not UTF-8 is a model, and goes with its folder")
    func foreignBytes() {
        var assembler = Assembler(root: "/models")
        let identity = FileIdentity(device: 1, inode: 1, size: 1, modified: 1, changed: 1)
        let bytes: [CChar] = Array("/models/é/x".utf8CString.dropLast()) + [CChar(bitPattern: 0xFF)]
        let path = (bytes + Array(".param".utf8CString)).withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { FilePath(platformString: $0) }
        }
        guard let path else {
            Issue.record("no path")
            return
        }
        #expect(assembler.handle(.seen(path, identity), at: .zero) == [])
        #expect(assembler.waiting.map(\.name.text) == ["%C3%A9/x%FF"])
        #expect(assembler.handle(.folderGone("/models/é"), at: .zero) == [])
        #expect(assembler.waiting.isEmpty)
    }
}
