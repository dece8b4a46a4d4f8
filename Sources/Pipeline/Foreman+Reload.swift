import Assembling
import Ledger
import Settings

extension Foreman {
    /// Reads the configuration again. Runs that are under way go on with the old one; one that cannot be used is refused,
    /// and the old one stays in force.
    ///
    /// - Parameter load: reads it.
    func hear(reload load: @Sendable () throws -> Configuration) {
        attempt { try reload(load) }
    }

    private func reload(_ load: () throws -> Configuration) throws {
        // To systemd a daemon that starts cannot reload, and would be ready with the end of it.
        if isReady { notifier.reloading() }
        do {
            let next = try load()
            try next.check()
            try next.requireSameFolders(as: configuration)
            key = try next.readSigningKey()
            let waits = next.rescan != configuration.rescan
            configuration = next
            metrics = metrics.moved(to: next.metricsFile)
            workers.change(to: WorkerCommand(next, environment: environment))
            try act(on: assembler.adopt(Assembler.Settings(next), at: now))
            logger.notice(
                "the configuration was read again\(waits ? "; rescan_seconds counts from the next start" : "")",
                metadata: .of(.reloaded))
        } catch {
            // Whatever is wrong with the new one: the daemon has a good one.
            logger.error(
                "the configuration is refused, the old one stays in force: \(error)", metadata: .of(.refused))
        }
        if isReady { notifier.ready(statusLine) }
        try afterwards()
    }
}

extension Configuration {
    /// - Throws: `ConfigurationError` where a folder would move, which needs a new start.
    fileprivate func requireSameFolders(as other: Configuration) throws(ConfigurationError) {
        let folders = [
            ("models", models, other.models), ("output", output, other.output), ("state", state, other.state),
        ]
        for (key, new, old) in folders where new != old {
            throw ConfigurationError(
                file: "", "\(key) is \(new), wanted \(old) as long as the daemon runs; restart it to move a folder")
        }
    }
}

extension Assembler.Settings {
    init(_ configuration: Configuration) {
        self.init(settle: configuration.settle, tableOptional: configuration.table == .optional)
    }
}
