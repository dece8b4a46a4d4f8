import HeapModule
public import SystemPackage
public import Vocabulary

/// Puts files together to triples and says when one is ready to be read, started or refused.
///
/// A plain state machine: an event and a time in, actions out. It has no clock, no disk and no tasks, and it never
/// waits. Time is a `Duration` since any one moment that the shell chose; a time before the last one counts as the last
/// one, so a clock that jumps back does no harm.
///
/// A model goes
///
///     gathering → settling → inspecting → running → ended
///
/// and from anywhere but `running` back to settling (or gathering) when one of its files changes. What changes while it
/// runs is looked at when the run has finished. The same files never run twice, unless someone says `retry`.
public struct Assembler: Sendable {
    /// What the assembler goes by.
    public struct Settings: Hashable, Sendable {
        /// How long a model's files must stay unchanged before they are read.
        public var settle: Duration
        /// Whether a model goes on without a calibration table.
        public var tableOptional: Bool

        public init(settle: Duration = .seconds(5), tableOptional: Bool = false) {
            self.settle = settle
            self.tableOptional = tableOptional
        }
    }

    let root: FolderBytes
    private(set) var settings: Settings
    var models: [ModelName: Assembly] = [:]
    /// Which models look for their table under a name.
    var tableUsers: [ModelName: Set<ModelName>] = [:]
    var folders = FolderIndex()
    /// Counts the full listings; a file bears the number of the one in which it was last seen.
    var listing = 0
    var isListing = false
    private(set) var now: Duration = .zero
    /// Every settling model has its entry here. Entries are not taken out when a model settles anew; they are recognised
    /// as stale because its time differs.
    private var deadlines = Heap<Deadline>()
    private var deadlinesMade = 0

    /// An assembler that knows no files yet. `root` is the watched folder, as it stands in the paths of the events.
    public init(root: FilePath, settings: Settings = Settings()) {
        self.root = root.bytes
        self.settings = settings
    }

    /// When `tick` has something to do; nil where only an event can go on.
    public var nextDeadline: Duration? { deadlines.min?.time }

    /// The model whose own settings lie at this path; nil for every other file.
    public func model(ofSettingsAt path: FilePath) -> ModelName? {
        guard let place = FilePlace(path, below: root), place.role == .settings else { return nil }
        return place.name
    }

    /// Takes an event in and returns what is to be done now, in order.
    public mutating func handle(_ event: AssemblyEvent, at time: Duration) -> [AssemblyAction] {
        now = max(now, time)
        let answer = take(event)
        return answer + dueInspections()
    }

    /// Goes by other settings from now on.
    public mutating func adopt(_ settings: Settings, at time: Duration) -> [AssemblyAction] {
        now = max(now, time)
        self.settings = settings
        for name in models.keys { reconsider(name) }
        return dueInspections()
    }

    /// Returns what is to be done because time has passed.
    public mutating func tick(_ time: Duration) -> [AssemblyAction] {
        now = max(now, time)
        return dueInspections()
    }

    private mutating func take(_ event: AssemblyEvent) -> [AssemblyAction] {
        switch event {
        case .seen(let path, let identity): see(path, identity)
        case .gone(let path): lose(path)
        case .folderGone(let path): loseFolder(path)
        case .scanning: beginListing()
        case .scanned: endListing()
        case .inspected(let name, let triple, let inspection): return conclude(name, triple, inspection)
        case .finished(let name): finish(name)
        case .retry(let name): retry(name)
        case .known(let name, let triple): know(name, triple)
        case .tableOptional(let name, let optional):
            edit(name) { $0.tableOptional = optional }
            reconsider(name)
            forgetIfEmpty(name)
        }
        return []
    }
}

// MARK: - From one phase to the next

extension Assembler {
    /// A file that the model may use has changed.
    mutating func noteChange(of name: ModelName) {
        models[name]?.changed = now
        reconsider(name)
    }

    /// Brings the phase in line with the files. Where the triple is still the one that the phase speaks of, nothing has
    /// happened to this model: another table it might have used has changed.
    private mutating func reconsider(_ name: ModelName) {
        guard let model = models[name], !model.isRunning else { return }
        guard let triple = triple(of: name, model) else {
            models[name]?.phase = .gathering
            return dropStaleDeadlines()
        }
        if triple != model.phase.triple {
            settle(name, triple, since: model.changed)
        }
    }

    private mutating func settle(_ name: ModelName, _ triple: Triple, since changed: Duration) {
        if models[name]?.ended == Identities(triple) {
            models[name]?.phase = .ended(triple)
        } else {
            let time = max(now, changed + settings.settle)
            models[name]?.phase = .settling(triple, until: time)
            deadlinesMade += 1
            deadlines.insert(Deadline(time: time, number: deadlinesMade, name: name))
        }
        dropStaleDeadlines()
    }

    private mutating func dueInspections() -> [AssemblyAction] {
        var actions: [AssemblyAction] = []
        while let due = deadlines.min, due.time <= now {
            deadlines.removeMin()
            if case .settling(let triple, due.time) = models[due.name]?.phase {
                models[due.name]?.phase = .inspecting(triple)
                actions.append(.inspect(triple))
            }
        }
        dropStaleDeadlines()
        return actions
    }

    /// Keeps the first entry a true one, so that `nextDeadline` wakes nobody for nothing.
    private mutating func dropStaleDeadlines() {
        while let first = deadlines.min {
            if case .settling(_, first.time) = models[first.name]?.phase { return }
            deadlines.removeMin()
        }
    }

    private mutating func conclude(_ name: ModelName, _ triple: Triple, _ inspection: Inspection) -> [AssemblyAction] {
        guard case .inspecting(triple) = models[name]?.phase else { return [] }
        switch inspection {
        case .whole:
            models[name]?.phase = .running(triple)
            return [.start(triple)]
        case .short(let found, let wanted, let exact):
            models[name]?.phase = .short(triple, found: found, wanted: wanted, exact: exact)
            return []
        case .broken(let reason):
            models[name]?.ended = Identities(triple)
            models[name]?.phase = .ended(triple)
            return [.refuse(triple, reason)]
        case .changed:
            models[name]?.changed = now
            settle(name, triple, since: now)
            return []
        }
    }

    private mutating func finish(_ name: ModelName) {
        guard case .running(let triple) = models[name]?.phase else { return }
        edit(name) { model in
            model.ended = model.retryWanted ? nil : Identities(triple)
            model.retryWanted = false
            model.phase = .gathering
        }
        reconsider(name)
        forgetIfEmpty(name)
    }

    private mutating func retry(_ name: ModelName) {
        guard let model = models[name] else { return }
        guard !model.isRunning else {
            models[name]?.retryWanted = true
            return
        }
        if case .inspecting = model.phase { return }
        models[name]?.ended = nil
        models[name]?.phase = .gathering
        reconsider(name)
        forgetIfEmpty(name)
    }

    private mutating func know(_ name: ModelName, _ triple: Triple) {
        edit(name) { model in
            model.ended = Identities(triple)
            if !model.isRunning, let current = model.phase.triple, Identities(current) == model.ended {
                model.phase = .ended(current)
            }
        }
        dropStaleDeadlines()
    }
}

/// When a settling model is due.
private struct Deadline: Comparable, Sendable {
    let time: Duration
    /// Of two at the same time the one that was made first is due first.
    let number: Int
    let name: ModelName

    static func < (left: Deadline, right: Deadline) -> Bool {
        (left.time, left.number) < (right.time, right.number)
    }
}
