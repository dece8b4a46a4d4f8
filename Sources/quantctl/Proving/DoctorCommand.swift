import ArgumentParser
import Diagnosis
import Foundation
import Ledger
import Provenance
import Reporting
import Requests
import Settings
import SystemPackage
import Vocabulary
import Watching

/// `quantctl doctor`: will it work here, and what is to be done where it will not?
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Looks at limits, permissions, file systems and versions, and says what to do.",
        discussion: """
            Goes by the configuration, and without one by what the last daemon wrote into its ledger. It changes nothing.

              quantctl doctor
              sudo quantctl doctor --config /etc/quantd/quantd.toml

            Exit code 1 where something fails.
            """)

    @OptionGroup var options: LedgerOptions

    func run() throws {
        let checks = Examination(options.place).checks()
        try options.show(DoctorAnswer(checks: checks))
        if checks.contains(where: { $0.state == .fail }) { throw ExitCode.no }
    }
}

/// Collects what there is to look at, and looks.
private struct Examination {
    private let place: LedgerPlace

    /// The bytes of the largest ledger that is read from end to end, which takes a moment.
    private static let checkedWhole = 64 << 20

    init(_ place: LedgerPlace) { self.place = place }

    func checks() -> [Check] {
        var checks: [Check] = []
        let configuration = self.configuration(&checks)
        let state = configuration?.state ?? (try? place.statePath())
        var ledger: LedgerReader?
        if let state { ledger = self.ledger(in: state, &checks) }
        let daemon = ledger.flatMap { try? $0.daemon() }
        if ledger != nil { checks += self.daemon(daemon) }
        checks.append(SQLiteVersion.check(LedgerReader.sqliteVersion))
        let places = self.places(configuration, daemon, state)
        let account = self.account(daemon, ledger)
        let mounts = Mounts.current()
        for place in places { checks += place.checks(daemon: account, asker: .current, mounts: mounts) }
        let process = daemon.flatMap { DaemonLife($0) == .running ? $0.pid : nil }
        let folders = places.first { $0.purpose == .models }.map { Limits.folders(below: $0.path) }
        checks += Limits(process: process).checks(folders: folders)
        if let key = configuration?.signingKey { checks.append(self.key(key, account)) }
        return checks
    }

    // MARK: What it goes by

    private func configuration(_ checks: inout [Check]) -> Configuration? {
        let isThere = FileManager.default.fileExists(atPath: LedgerPlace.systemConfiguration)
        guard let file = place.config ?? (place.state == nil && isThere ? LedgerPlace.systemConfiguration : nil) else {
            checks.append(Check(.ok, "configuration", "none given, the folders are those of the ledger"))
            return nil
        }
        do {
            let configuration = try Configuration(file: FilePath(file))
            try configuration.check()
            checks.append(Check(.ok, "configuration", "\(file) is sound"))
            return configuration
        } catch {
            checks.append(
                Check(
                    .fail, "configuration", "\(error)",
                    advice: "mend it; quantd --config \(file) --check reads it again"))
            return nil
        }
    }

    private func ledger(in state: FilePath, _ checks: inout [Check]) -> LedgerReader? {
        let path = state.appending("ledger.sqlite")
        do {
            let ledger = try LedgerReader(path: path)
            let size = FileIdentity(of: path)?.size ?? 0
            if size > Self.checkedWhole {
                let text = Figures.bytes(Int(clamping: size))
                checks.append(
                    Check(.ok, "ledger", "\(path) can be read; 'quantctl db check' reads all of its \(text)"))
            } else if try ledger.check(isQuick: true).isSound {
                checks.append(Check(.ok, "ledger", "\(path) can be read and is sound"))
            } else {
                checks.append(
                    Check(
                        .fail, "ledger", "\(path) is damaged",
                        advice: "'quantctl db check' says where; put a backup in its place"))
                return ledger
            }
            let log = FileIdentity(of: FilePath("\(path.string)-wal"))?.size ?? 0
            if log > 64 << 20 {
                checks.append(
                    Check(
                        .warn, "ledger", "its -wal has \(log >> 20) MiB, because someone reads in it all the time",
                        advice: "find the reader with fuser \(path)"))
            }
            return ledger
        } catch  where error.reason == .missing {
            checks.append(
                Check(.warn, "ledger", "there is none at \(path)", advice: "start quantd, or give --state or --config"))
        } catch  where error.reason == .cannotOpen {
            checks.append(
                Check(.warn, "ledger", "\(error)", advice: "become a member of the daemon's group, or ask with sudo"))
        } catch {
            // What to do stands in the message.
            checks.append(Check(.fail, "ledger", "\(error)"))
        }
        return nil
    }

    private func daemon(_ daemon: DaemonState?) -> [Check] {
        guard let daemon else {
            return [Check(.warn, "daemon", "none has written this ledger yet", advice: "start quantd")]
        }
        var checks: [Check] = []
        let clause = "quantd \(daemon.version) \(DaemonLife(daemon).clause(daemon, now: .now).text)"
        checks.append(
            DaemonLife(daemon) == .running
                ? Check(.ok, "daemon", clause)
                : Check(.warn, "daemon", clause, advice: "systemctl start quantd, or start it by hand"))
        if daemon.version != Version.text {
            checks.append(
                Check(
                    .warn, "versions", "quantd is \(daemon.version), quantctl is \(Version.text)",
                    advice: "install both from one package, and start quantd again"))
        }
        if DaemonLife(daemon) == .running, let clause = daemon.watchClause {
            checks.append(
                Check(.warn, "watching", "\(daemon.watchMode.rawValue): \(clause)", advice: "see inotify below"))
        }
        return checks
    }

    private func places(_ configuration: Configuration?, _ daemon: DaemonState?, _ state: FilePath?) -> [Place] {
        let folders: [(Place.Purpose, FilePath?)] = [
            (.models, configuration?.models ?? daemon?.modelsFolder),
            (.output, configuration?.output ?? daemon?.outputFolder), (.state, state),
            (.requests, state.map { RequestFolder(state: $0).path }),
        ]
        return folders.compactMap { purpose, path in path.map { Place(purpose, absolute($0)) } }
    }

    private func absolute(_ path: FilePath) -> FilePath {
        path.isAbsolute ? path : FilePath(FileManager.default.currentDirectoryPath).pushing(path).lexicallyNormalized()
    }

    /// The user as whom the daemon runs, or ran: whose ledger it is.
    private func account(_ daemon: DaemonState?, _ ledger: LedgerReader?) -> Account? {
        if let daemon, DaemonLife(daemon) == .running, let account = Account(process: daemon.pid) { return account }
        return ledger.flatMap { Account(ownerOf: $0.path) }
    }

    private func key(_ path: FilePath, _ daemon: Account?) -> Check {
        if let daemon, let stop = daemon.obstacle(to: .read, at: path) {
            return Check(
                .fail, "signing_key", "\(path): \(daemon.name), as whom quantd runs, is stopped at \(stop)",
                advice: "give it to \(daemon.name) with mode 0400")
        }
        if Account(user: UInt32.max, groups: []).obstacle(to: .read, at: path) == nil {
            return Check(.warn, "signing_key", "\(path) may be read by everyone", advice: "chmod 0400 \(path)")
        }
        return Check(.ok, "signing_key", "\(path) is there, and not for everyone")
    }
}
