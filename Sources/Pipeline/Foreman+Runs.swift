import Ledger
import Logging
import Settings
import SystemPackage
import Vocabulary

/// One run after the other, and again where one could not go on.
extension Foreman {
    func startRuns() {
        while !isStopping, running.count < configuration.workers, let next = queue.next(at: now) {
            let run = Run(
                number: next.run.run, triple: next.run.triple, trigger: next.run.trigger, configuration: configuration,
                ledger: ledger, publisher: publisher, key: key, patience: patience)
            running[next.run.run] = begin { await $0.see(run, through: next) }
        }
        rest()
    }

    /// Makes an attempt, and sees to it that another one is made where that did not end the run.
    private func see(_ run: Run, through job: BlockedRun) async {
        let name = job.run.triple.name
        var standing: Standing?
        do {
            let began = now
            standing = try settle(try await attempt(run), of: job, took: now - began)
        } catch is CancellationError {
            logger.info("put back, to be done at the next start", metadata: job.run.metadata(.putBack))
        } catch {
            fail(error)
        }
        running[job.run.run] = nil
        attempt {
            switch standing {
            case .over:
                board.unblock(name)
                try handle(.finished(name))
            case .dropped(let path):
                board.unblock(name)
                try handle(.dropped(name))
                doubt([path])
            case .blocked where !isStopping:
                queue.putBack(job, at: now)
            case .blocked, nil:
                // That the daemon stops is nobody's death.
                try ledger.pause(job.run.run)
            }
            try afterwards()
        }
    }

    /// How a run stands after an attempt.
    private enum Standing {
        /// It has ended.
        case over
        /// It is none any more, since this file has changed.
        case dropped(FilePath)
        /// It is to be tried again.
        case blocked
    }

    /// Makes one attempt on a thread that may wait.
    private func attempt(_ run: Run) async throws -> Result<Run.Outcome, WorkerFailure> {
        do {
            return .success(try await BlockingThreads.perform { [workers] in try workers.lend(run.perform) })
        } catch let failure as WorkerFailure {
            return .failure(failure)
        }
    }

    /// Takes note of what became of an attempt.
    private func settle(
        _ attempt: Result<Run.Outcome, WorkerFailure>, of job: BlockedRun, took time: Duration
    ) throws -> Standing {
        let run = job.run
        switch attempt {
        case .success(.ended(let end, let results)):
            note(end, results, of: run, took: time)
            return .over
        case .success(.unchanged):
            let message = "the same bytes and settings as the model's latest run"
            try patience { try ledger.drop(run.run, message: message) }
            return .over
        case .success(.changed(let path)):
            let message = "\(path.lastComponent?.string ?? "") changed while it was read"
            try patience { try ledger.drop(run.run, message: message) }
            logger.info("\(message), assembled again", metadata: run.metadata(.changed))
            return .dropped(path)
        case .success(.samplesChanged):
            return block(job, "its samples are still changing")
        case .success(.blocked(let message)), .failure(.unavailable(let message)):
            return block(job, message)
        case .failure(.died(let message)):
            let deaths = try patience { try ledger.noteDeath(run.run, message: message) }
            metrics.page.workerDeaths += 1
            logger.error("worker died: \(message)", metadata: run.metadata(.workerDied))
            guard deaths >= 2 else { return .blocked }
            let end = RunEnd.failed(message: "worker died \(deaths) times, last: \(message)")
            try patience { try ledger.finish(run.run, end) }
            note(end, RunResults(), of: run, took: time)
            return .over
        }
    }

    private func block(_ job: BlockedRun, _ message: String) -> Standing {
        block(job.run.triple.name, message, job.run.metadata(.blocked), job.pause)
        return .blocked
    }

    /// Tells how a run ended.
    func note(_ end: RunEnd, _ results: RunResults, of run: QueuedRun, took time: Duration) {
        count(end, results, took: time)
        var metadata = run.metadata(EventKind(end))
        if !results.layers.isEmpty {
            metadata["layers"] = "\(results.layers.count)"
            metadata["int8_layers"] = "\(results.layers.count { $0.decision == .int8 })"
        }
        switch end {
        case .published(let folder, let verdict):
            if let verdict { metadata["verdict"] = "\(verdict.rawValue)" }
            logger.info("published \(folder)", metadata: metadata)
        case .cached(let first, let folder):
            logger.info("published \(folder), the result of run \(first)", metadata: metadata)
        case .rejected(let message):
            metadata["verdict"] = "\(Verdict.failed.rawValue)"
            logger.warning("rejected: \(message)", metadata: metadata)
        case .failed(let message): logger.error("failed: \(message)", metadata: metadata)
        }
    }
}

extension EventKind {
    fileprivate init(_ end: RunEnd) {
        self =
            switch end {
            case .published: .published
            case .cached: .cached
            case .rejected: .rejected
            case .failed: .failed
            }
    }
}
