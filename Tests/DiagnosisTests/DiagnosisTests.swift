import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing
import Watching

@testable import Diagnosis

@Suite("A diagnosis")
struct DiagnosisTests {
    static let stranger = Account(user: 54321, groups: [54321])
    static let root = Account(user: 0, groups: [0])

    private static func mounts(_ path: FilePath, _ type: String) -> Mounts {
        var status = stat()
        _ = path.withPlatformString { stat($0, &status) }
        let device = UInt64(status.st_dev)
        let (major, minor) = (
            (device >> 8) & 0xFFF | (device >> 32) & 0xFFFF_F000, device & 0xFF | (device >> 12) & 0xFFFF_FF00
        )
        return Mounts("36 35 \(major):\(minor) / /mnt rw - \(type) source rw\n")
    }

    private static func chmod(_ path: FilePath, _ mode: UInt32) {
        _ = path.withPlatformString { Glibc.chmod($0, mode) }
    }

    @Test("a user is stopped at the first folder that does not let them in, by owner, group and mode")
    func obstacle() throws {
        let folder = try TemporaryFolder()
        try folder.write("a/b/file", "x")
        let (place, inner) = (folder.path.appending("a"), folder.path.appending("a/b"))
        for part in [folder.path, place, inner] { Self.chmod(part, 0o755) }
        #expect(Self.stranger.obstacle(to: [.read, .enter], at: inner) == nil)
        #expect(Self.stranger.obstacle(to: [.write], at: inner) == inner)
        Self.chmod(place, 0o750)
        #expect(Self.stranger.obstacle(to: .read, at: inner) == place)
        var status = stat()
        #expect(stat(place.string, &status) == 0)
        #expect(Account(user: 54321, groups: [status.st_gid]).obstacle(to: .read, at: inner) == nil)
        // The owner's bits count for the owner, whatever the others are.
        Self.chmod(place, 0o077)
        #expect(Account(user: status.st_uid == 0 ? 1 : status.st_uid, groups: []).user != 0)
        #expect(Self.root.obstacle(to: [.read, .write, .enter], at: inner) == nil)
        #expect(Self.stranger.obstacle(to: .read, at: folder.path.appending("nothing")) != nil)
        Self.chmod(place, 0o755)
    }

    @Test("a daemon that may not write its output fails, an asker who may not ask is warned")
    func permissions() throws {
        let folder = try TemporaryFolder()
        Self.chmod(folder.path, 0o755)
        let none = Mounts("")
        let output = Place(.output, folder.path)
        let failed = output.checks(daemon: Self.stranger, asker: Self.root, mounts: none)[0]
        #expect(failed.state == .fail)
        #expect(failed.finding == "\(folder.path): uid 54321, as whom quantd runs, is stopped at \(folder.path)")
        #expect(failed.advice == "give uid 54321 read, write, enter of it, by owner, group or mode")
        #expect(output.checks(daemon: Self.root, asker: Self.stranger, mounts: none)[0].state == .ok)
        let requests = Place(.requests, folder.path).checks(daemon: Self.root, asker: Self.stranger, mounts: none)[0]
        #expect(requests.state == .warn)
        #expect(
            requests.finding
                == "\(folder.path): you (uid 54321) are stopped at \(folder.path): retry and prune cannot ask")
        #expect(
            Place(.models, folder.path).checks(daemon: Self.stranger, asker: Self.root, mounts: none)[0].state == .ok)
    }

    @Test("a folder that is not there, or is none, fails and says what to do")
    func missing() throws {
        let folder = try TemporaryFolder()
        let models = Place(.models, folder.path.appending("models"))
        let check = models.checks(daemon: nil, asker: Self.root, mounts: Mounts(""))
        #expect(check.map(\.state) == [.fail])
        #expect(check[0].advice == "mount the disk or make the folder; quantd never makes it")
        let file = try folder.write("file", "")
        #expect(
            Place(.state, file).checks(daemon: nil, asker: Self.root, mounts: Mounts(""))[0].finding
                == "\(file) is no folder")
    }

    @Test(
        "a file system that cannot do what a folder needs is told of",
        arguments: [
            (Place.Purpose.models, "nfs4", Check.State.warn), (.output, "nfs4", .warn), (.state, "nfs4", .fail),
            (.state, "fuse.sshfs", .fail), (.models, "cifs", .warn), (.output, "vfat", .fail), (.state, "tmpfs", .warn),
            (.output, "overlay", .warn), (.output, "squashfs", .fail),
        ])
    func fileSystems(purpose: Place.Purpose, type: String, state: Check.State) throws {
        let folder = try TemporaryFolder()
        let checks = Place(purpose, folder.path).checks(
            daemon: nil, asker: Self.root, mounts: Self.mounts(folder.path, type))
        let found = checks.filter { $0.finding.contains(" lies on \(type)") }
        #expect(found.map(\.state) == [state])
        #expect(found.allSatisfy { $0.advice != nil })
    }

    @Test("a local file system is nothing to tell of", arguments: ["ext4", "xfs", "btrfs", "zfs"])
    func local(type: String) throws {
        let folder = try TemporaryFolder()
        for purpose in Place.Purpose.allCases {
            let checks = Place(purpose, folder.path).checks(
                daemon: nil, asker: Self.root, mounts: Self.mounts(folder.path, type))
            #expect(!checks.contains { $0.finding.contains("lies on") })
        }
    }

    @Test("little room warns, none fails")
    func room() {
        func state(_ bytes: UInt64, _ files: UInt64? = nil) -> Check.State {
            Place.room(.output, "/o", bytes: bytes, files: files).state
        }
        #expect(state(1 << 40) == .ok && state(1 << 30) == .ok)
        #expect(state(1 << 29) == .warn && state(1 << 20) == .fail && state(0) == .fail)
        #expect(state(1 << 40, 100) == .warn && state(1 << 40, 0) == .fail && state(1 << 40, 1000) == .ok)
    }

    @Test("limits that the folders come near to warn, with the command that raises them")
    func limits() {
        let limits = Limits(watches: 8192, instances: 128, openFiles: 1024)
        #expect(limits.checks(folders: 100).allSatisfy { $0.state == .ok })
        let near = limits.checks(folders: 5000)
        #expect(near.first?.state == .warn)
        #expect(near.first?.advice == "sysctl fs.inotify.max_user_watches=65536, and a file in /etc/sysctl.d")
        let poor = Limits(watches: 8192, instances: 4, openFiles: 64).checks(folders: 1)
        #expect(poor.filter { $0.state == .warn }.map(\.subject) == ["inotify", "open files"])
        #expect(Limits(watches: nil, instances: nil, openFiles: nil).checks(folders: 1).isEmpty)
    }

    @Test("the limits of this system can be read, and folders are counted without following links")
    func real() throws {
        let limits = Limits(process: nil)
        #expect(limits.watches.map { $0 > 0 } == true && limits.openFiles.map { $0 > 0 } == true)
        let folder = try TemporaryFolder()
        for name in ["a/b/file", "a/c/file", "d/file"] { try folder.write(name, "") }
        try FileManager.default.createSymbolicLink(
            atPath: folder.path.appending("link").string, withDestinationPath: folder.path.appending("a").string)
        #expect(Limits.folders(below: folder.path) == 5)
    }

    @Test("this process runs as who asks")
    func process() {
        #expect(Account(process: Int(getpid()))?.user == Account.current.user)
        #expect(Account(process: -1) == nil)
    }

    @Test(
        "the versions of SQLite with the WAL-reset bug are known",
        arguments: [
            ("3.6.23", false), ("3.7.0", true), ("3.40.1", true), ("3.44.5", true), ("3.44.6", false), ("3.46.1", true),
            ("3.50.6", true), ("3.50.7", false), ("3.51.2", true), ("3.51.3", false), ("3.53.0", false),
            ("4.0.0", false),
        ])
    func sqlite(version: String, hasBug: Bool) {
        #expect(SQLiteVersion.hasResetBug(version) == hasBug)
        #expect((SQLiteVersion.check(version).advice != nil) == hasBug)
    }
}
