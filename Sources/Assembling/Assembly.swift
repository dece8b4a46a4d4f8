import Vocabulary

/// One model being put together: its files as last seen, and how far it has come.
struct Assembly: Sendable {
    /// A file and the number of the listing during or after which it was last seen.
    struct Sighting {
        var file: Triple.File
        var listing: Int
    }

    /// How far the model has come. Each case carries the triple it speaks of, so that a change shows as a difference.
    ///
    /// Indirect, or the table of all models, which is half empty at times, would hold room for a triple in each empty place.
    indirect enum Phase {
        /// A file is missing.
        case gathering
        case settling(Triple, until: Duration)
        case inspecting(Triple)
        /// Inspected and found short; only a changed file goes on from here.
        case short(Triple, found: Int64, wanted: Int64, exact: Bool)
        /// A job is in flight. Changes are looked at when it has finished.
        case running(Triple)
        /// These files have had their run.
        case ended(Triple)

        var triple: Triple? {
            switch self {
            case .gathering: nil
            case .settling(let triple, _), .inspecting(let triple), .short(let triple, _, _, _), .running(let triple),
                .ended(let triple):
                triple
            }
        }
    }

    var files: [FileRole: Sighting] = [:]
    /// Where its files lie; empty for the root. Means nothing while it has no files.
    var folder: FolderBytes = []
    /// When a file that it may use last changed.
    var changed: Duration
    var phase: Phase = .gathering
    /// The files of the last ended run. Kept when the files vanish, so that the same ones coming back do not run again.
    var ended: Identities?
    /// Someone asked for another run while one is in flight.
    var retryWanted = false
    /// The state in which its own settings were last asked for.
    var settingsAsked: Triple.File?
    /// What its own settings said when they were last read, and in which state they were then.
    var ownSettings: (file: Triple.File, tableOptional: Bool)?
    /// Where its table may lie.
    let tableNames: [ModelName]

    var isRunning: Bool {
        if case .running = phase { true } else { false }
    }

    /// Nothing is left that is worth remembering.
    var isEmpty: Bool {
        files.isEmpty && ended == nil && !isRunning
    }
}

/// What decides whether two triples are the same state of the same files.
struct Identities: Hashable, Sendable {
    let param: FileIdentity
    let bin: FileIdentity
    let table: FileIdentity?
    let settings: FileIdentity?

    init(_ triple: Triple) {
        param = triple.param.identity
        bin = triple.bin.identity
        table = triple.table?.identity
        settings = triple.settings?.identity
    }
}
