import Assembling
import Settings
import Vocabulary

/// Looking into files.
extension Foreman {
    /// Has a worker look at one after the other. That is quick, and it does not wait for the runs.
    func startLooking() {
        guard looking == nil, !isStopping, !looks.isEmpty else { return }
        looking = begin { await $0.lookAtAll() }
    }

    private func lookAtAll() async {
        while !isStopping, !looks.isEmpty {
            let look = looks.removeFirst()
            if let event = await answer(look) {
                if case .inspected(_, let triple, .changed) = event { doubt(triple.files.map(\.path)) }
                board.unblock(look.model)
                attempt {
                    try handle(event)
                    try afterwards()
                }
            }
        }
        looking = nil
    }

    /// What the worker says, tried twice where it dies; nil where it has to be asked again later, or the daemon stops.
    private func answer(_ look: Look) async -> AssemblyEvent? {
        var pause = Duration.seconds(1)
        var deaths = 0
        while !isStopping {
            do {
                let base = ModelSettings(configuration)
                return try await BlockingThreads.perform { [workers] in
                    try workers.lend { try look.answer(by: $0, base: base) }
                }
            } catch WorkerFailure.died(let message) {
                deaths += 1
                logger.warning("worker died over a look: \(message)", metadata: .of(.workerDied, look.model))
                if deaths == 2 { return look.answer(despite: "its worker died twice: \(message)") }
            } catch WorkerFailure.unavailable(let message) {
                block(look.model, message, .of(.blocked, look.model), pause)
                attempt { try writeBoard() }
                try? await loop.sleep(until: .now + pause)
                pause = min(pause * 2, .seconds(60))
            } catch WorkDenied.blocked(let message) {
                postpone(look, message)
                return nil
            } catch {
                // The daemon stops.
                return nil
            }
        }
        return nil
    }

    /// Looks again in a while: a file on a bad disk must not hold up the others.
    private func postpone(_ look: Look, _ message: String) {
        block(look.model, message, .of(.blocked, look.model), Self.lookPause)
        attempt { try writeBoard() }
        _ = begin { foreman in
            try? await foreman.loop.sleep(until: .now + Self.lookPause)
            foreman.looks.append(look)
            foreman.startLooking()
        }
    }

    private static let lookPause = Duration.seconds(10)
}
