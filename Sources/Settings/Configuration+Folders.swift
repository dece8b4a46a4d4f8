import Foundation
public import SystemPackage

extension Configuration {
    /// The ledger.
    public var ledgerPath: FilePath { state.appending("ledger.sqlite") }

    /// Makes the folders that are the daemon's own. The watched folder is not: where it is missing, a disk may not be
    /// mounted yet, and a folder made in its place would hide that.
    ///
    /// - Throws: `ConfigurationError`.
    public func makeFolders() throws(ConfigurationError) {
        for (key, folder) in [("output", output), ("state", state)] {
            do {
                try FileManager.default.createDirectory(
                    atPath: folder.string, withIntermediateDirectories: true,
                    attributes: key == "state" ? [.posixPermissions: 0o750] : nil)
            } catch {
                throw ConfigurationError(file: "", "\(key) cannot be made: \(error.localizedDescription)")
            }
        }
    }
}

extension Configuration {
    /// Takes the key of a systemd credential where the configuration names none.
    ///
    /// - Parameter environment: the process's; `CREDENTIALS_DIRECTORY` is read (systemd.exec(5)).
    public mutating func takeCredentials(_ environment: [String: String]) {
        guard signingKey == nil, let folder = environment["CREDENTIALS_DIRECTORY"], !folder.isEmpty else { return }
        let path = FilePath(folder).appending("quantd-signing-key")
        if FileManager.default.fileExists(atPath: path.string) { signingKey = path }
    }
}

extension Configuration {
    /// Reads a configuration file.
    ///
    /// - Throws: `ConfigurationError`.
    public init(file path: FilePath) throws(ConfigurationError) {
        let text: String
        do {
            text = try String(contentsOfFile: path.string, encoding: .utf8)
        } catch {
            throw ConfigurationError(file: path.string, "cannot be read: \(error.localizedDescription)")
        }
        try self.init(toml: text, file: path.string)
    }
}
