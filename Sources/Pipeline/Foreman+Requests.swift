import Assembling
import Ledger
import Publishing
import Requests
import SystemPackage
import Vocabulary
import Watching

/// What people ask for through files in `<state>/requests`.
///
/// The answer goes into the ledger first, then the file goes; a file whose answer is there already is only removed. So
/// nothing is done twice, whenever the daemon dies.
extension Foreman {
    /// Requests that are neither answered nor refused yet.
    struct OpenRequests {
        /// Files that were seen and not looked into.
        var files: Set<FilePath> = []
        /// The models that are to run again, with the requests' ids.
        var retries: [ModelName: String] = [:]
        /// The prunings that are under way, by the requests' ids.
        var prunings: [String: Task<Void, Never>] = [:]

        func contains(_ id: String) -> Bool {
            prunings[id] != nil || retries.values.contains(id)
        }
    }

    /// Hears which requests there are.
    ///
    /// - Throws: what makes it impossible to go on at all.
    func hear(requests reports: [WatchReport]) throws {
        for report in reports {
            switch report {
            case .seen(let file, _): open.files.insert(file)
            case .gone(let file): open.files.remove(file)
            case .unreadable(let path, let errno):
                let reason = String(describing: errno).lowercased()
                logger.warning("cannot read \(path): \(reason)", metadata: .of(.unreadable))
            case .mode(let mode): if mode != .inotify { logger.warning("requests: \(mode)", metadata: .of(.degraded)) }
            case .folderGone, .scanning, .scanned, .missedEvents: break
            }
        }
        try takeRequests()
        try afterwards()
    }

    /// Takes the requests up, once it is known which models there are.
    func takeRequests() throws {
        guard board.state.lastScan != nil, !isStopping else { return }
        for file in open.files.sorted(by: { $0.string < $1.string }) {
            open.files.remove(file)
            try take(file)
        }
    }

    private func take(_ file: FilePath) throws {
        let id = requests.id(at: file)
        if let id {
            // It stays there until it is answered, and is seen with every scan.
            if open.contains(id) { return }
            if try patience({ try ledger.answer(to: id) }) != nil { return remove(file) }
        }
        let request: Request
        do throws(RequestError) {
            request = try requests.read(file)
        } catch {
            try refuse(id, nil, "\(file.lastComponent?.string ?? "") \(error)")
            return remove(file)
        }
        switch request.order {
        case .retry(let model): try retry(model, request.id)
        case .prune(let retention): open.prunings[request.id] = begin { await $0.prune(retention, request.id) }
        }
    }

    private func refuse(_ id: String?, _ model: ModelName?, _ message: String) throws {
        logger.warning("a request is refused: \(message)", metadata: .of(.requestRefused, model))
        let answer = LedgerEvent(
            model: model, at: .now, kind: LedgerEvent.refused, message: message, request: id)
        try patience { try ledger.record(answer) }
    }

    private func remove(_ file: FilePath) {
        do throws(Errno) {
            try requests.remove(file)
        } catch {
            logger.warning(
                "the request \(file) is answered and cannot be removed: \(String(describing: error).lowercased())",
                metadata: .of(.unreadable))
        }
    }

    // MARK: Retries

    private func retry(_ model: ModelName, _ id: String) throws {
        let underWay = try patience { try ledger.openRuns() }.first { $0.value == model }?.key
        if let run = underWay ?? (open.retries[model] == nil ? nil : 0) {
            try refuse(id, model, run == 0 ? "it was asked for already" : "run \(run) of it has not ended yet")
            return remove(requests.file(of: id))
        }
        open.retries[model] = id
        try handle(.retry(model))
        try refuseRetries()
    }

    /// Refuses the retries that come to nothing, because the files are not whole.
    func refuseRetries() throws {
        for (model, id) in open.retries {
            let clause: String
            switch assembler.reason(for: model) {
            case .settling, .inspecting, .running: continue
            case nil: clause = "there are no files of it in \(configuration.models)"
            case .some(let reason): clause = "it \(reason)"
            }
            open.retries[model] = nil
            try refuse(id, model, clause)
            remove(requests.file(of: id))
        }
    }

    /// Queues a run, as the answer to a request where someone asked for it.
    func enqueue(_ triple: Triple) throws -> QueuedRun {
        let id = open.retries.removeValue(forKey: triple.name)
        let trigger = id == nil ? RunTrigger.watch : .retry
        let run = try patience { try ledger.enqueue(triple, trigger: trigger, request: id) }
        board.queued(triple.name)
        if let id { remove(requests.file(of: id)) }
        return QueuedRun(run: run, triple: triple, trigger: trigger)
    }

    // MARK: Pruning

    private func prune(_ retention: Retention, _ id: String) async {
        do {
            // Folders of large models take their time.
            let pruning = try await BlockingThreads.perform { [ledger, publisher] in
                try Pruning(retention, in: ledger, of: publisher)
            }
            logger.notice("\(pruning)", metadata: .of(.pruned))
            let kind = pruning.failures.isEmpty ? LedgerEvent.done : LedgerEvent.refused
            let answer = LedgerEvent(at: .now, kind: kind, message: pruning.description, request: id)
            try patience { try ledger.record(answer) }
            remove(requests.file(of: id))
        } catch let error as PublishingError {
            attempt { try refuse(id, nil, "\(error)") }
            remove(requests.file(of: id))
        } catch let error as LedgerError where error.isBlocked {
            // The file stays, and is taken up with the next scan.
            logger.warning("pruning is blocked: \(error)", metadata: .of(.blocked))
        } catch let error as WorkerFailure {
            // Nor is there a thread for it now.
            logger.warning("pruning is blocked: \(error)", metadata: .of(.blocked))
        } catch {
            fail(error)
        }
        open.prunings[id] = nil
    }
}
