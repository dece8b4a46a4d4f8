import ArgumentParser
import Foundation
import Ledger
import SystemPackage
import Vocabulary

/// `quantctl db`: the ledger as a file.
struct DbCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "db", abstract: "Checks the ledger's file, and backs it up.",
        subcommands: [CheckCommand.self, BackupCommand.self])

    /// `quantctl db check`.
    struct CheckCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Reads the whole ledger and says what is damaged.",
            discussion: """
                  quantctl db check
                  quantctl db check --quick

                Exit code 1 where anything is damaged.
                """)

        @Flag(help: "Do not compare the indices with the tables, which is most of the work.")
        var quick = false

        @OptionGroup var options: LedgerOptions

        func run() throws {
            let ledger = try options.openLedger()
            let check = try ledger.check(isQuick: quick)
            try options.show(DbCheckAnswer(check: check, path: ledger.path, isQuick: quick))
            if !check.isSound { throw ExitCode.no }
        }
    }

    /// `quantctl db backup FILE`.
    struct BackupCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "backup",
            abstract: "Copies the ledger while quantd goes on; the copy appears when it is whole.",
            discussion: """
                Copying the file with cp would lack what is still in its -wal. An older backup under this name is replaced, anything \
                else is left alone.

                  quantctl db backup /backup/ledger.sqlite
                """)

        @Argument(help: "Where the copy is to lie.", completion: .file())
        var file: String

        @OptionGroup var options: LedgerOptions

        func run() throws {
            let ledger = try options.openLedger()
            let target = FilePath(file)
            try Self.requireFree(target, ledger.path)
            try ledger.backup(to: target)
            try options.show(DbBackupAnswer(path: target, bytes: FileIdentity(of: target)?.size ?? 0))
        }

        /// Only an older backup may be replaced, and never the ledger itself.
        private static func requireFree(_ target: FilePath, _ ledger: FilePath) throws {
            let folder = target.removingLastComponent()
            if !folder.isEmpty, !FileManager.default.fileExists(atPath: folder.string) {
                throw Complaint("there is no folder \(folder) for the backup", .io)
            }
            guard let found = FileIdentity(of: target) else {
                if FileManager.default.fileExists(atPath: target.string) {
                    throw Complaint("\(target) is there and is no file", .io)
                }
                return
            }
            for ending in ["", "-wal", "-shm", "-lock"] {
                let own = FileIdentity(of: FilePath(ledger.string + ending))
                if own?.inode == found.inode, own?.device == found.device {
                    throw Complaint("\(target) is the ledger itself, a backup needs another name", .no)
                }
            }
            do {
                _ = try LedgerReader(path: target)
            } catch  where [.notALedger, .damaged].contains(error.reason) {
                throw Complaint("\(target) is there and is no backup of a ledger; it was left alone", .no)
            } catch {
                // A ledger of another version is a backup too.
            }
        }
    }
}
