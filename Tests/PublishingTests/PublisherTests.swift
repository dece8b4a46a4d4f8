import Foundation
import Glibc
import Synchronization
import SystemPackage
import TestSupport
import Testing
import Vocabulary

@testable import Publishing

let resnet = ModelName("vision/resnet18")

@Suite("Publishing a model")
struct PublisherTests {
    @Test("a committed run lies under its number with its bytes and sums, and latest says it")
    func happyPath() throws {
        let output = try Output()
        let published = try output.publish(resnet, 17)

        #expect(
            try output.everything() == [
                "vision", "vision/resnet18", "vision/resnet18/17", "vision/resnet18/17/SHA256SUMS",
                "vision/resnet18/17/resnet18-int8.bin", "vision/resnet18/17/resnet18-int8.param",
                "vision/resnet18/latest -> 17",
            ])
        #expect(try output.isWhole(resnet, 17))
        #expect(published.path == output.folder.path.appending("vision/resnet18/17"))
        #expect(
            published.files.map { $0.path.lastComponent?.string } == [
                "SHA256SUMS", "resnet18-int8.bin", "resnet18-int8.param",
            ])
        let bin = try #require(published.file("resnet18-int8.bin"))
        #expect(bin.length == 1017)
        #expect(bin.digest == ArtifactDigest(of: Output.bin(17)))
    }

    @Test("the sums have the form that sha256sum reads, one line a file")
    func sums() throws {
        let output = try Output()
        let staged = try staging(output, ModelName("m"), 1, ["m-int8.param": [0x61, 0x62, 0x63], "m-int8.bin": []])
        let published = try staged.commit()
        let text = try String(contentsOfFile: published.path.appending("SHA256SUMS").string, encoding: .utf8)
        #expect(
            text == """
                e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  m-int8.bin
                ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  m-int8.param

                """)
    }

    @Test(
        "sha256sum itself accepts the sums, whatever the name",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/sha256sum")),
        arguments: ["vision/resnet18", "two words", "-dash", "back\\slash", "new\nline", "c\rr\nlf\r\n", "naïve"])
    func sha256sum(name: String) throws {
        let output = try Output()
        let published = try output.publish(ModelName(name), 1)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
        process.arguments = ["--check", "--strict", "--quiet", "SHA256SUMS"]
        process.currentDirectoryURL = URL(fileURLWithPath: published.path.string)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.start()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(try output.isWhole(ModelName(name), 1))
    }

    @Test("a file written by someone else can be measured before the commit, which then holds it to its length")
    func measured() throws {
        let output = try Output()
        func commit(_ run: Int, changedTo bytes: [UInt8]) throws -> PublishedFolder {
            var staged = try output.publisher.stage(PublishedRun(model: resnet, run: run))
            let path = try staged.path(of: "resnet18-int8.bin")
            try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path.string))
            let found = try staged.measure("resnet18-int8.bin")
            #expect(found.digest == ArtifactDigest(of: [1, 2, 3]) && found.length == 3)
            try Data(bytes).write(to: URL(fileURLWithPath: path.string))
            return try staged.commit()
        }
        let folder = try commit(1, changedTo: [1, 2, 3])
        #expect(folder.file("resnet18-int8.bin")?.digest == ArtifactDigest(of: [1, 2, 3]))
        let error = #expect(throws: PublishingError.self) { try commit(2, changedTo: [1, 2]) }
        #expect(error?.reason == .length(wanted: 3, found: 2))
    }

    @Test("the publisher tells what latest says, and of a model without one that there is none")
    func latest() throws {
        let output = try Output()
        #expect(try output.publisher.latest(of: resnet) == nil)
        try output.publish(resnet, 17)
        #expect(try output.publisher.latest(of: resnet) == 17)
        #expect(try output.publisher.latest(of: ModelName("vision")) == nil)
        let link = try output.publisher.modelPath(of: resnet).appending("latest")
        try FileManager.default.removeItem(atPath: link.string)
        try Data().write(to: URL(fileURLWithPath: link.string))
        let error = #expect(throws: PublishingError.self) { try output.publisher.latest(of: resnet) }
        #expect(error?.reason == .foreign)
    }

    @Test("a file written by someone else is read for its sum")
    func adopted() throws {
        let output = try Output()
        var staged = try output.publisher.stage(PublishedRun(model: resnet, run: 3))
        let path = try staged.path(of: "resnet18-int8.bin")
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path.string))
        try staged.adopt("resnet18-int8.bin", length: 3, digest: ArtifactDigest(of: [1, 2, 3]))
        let published = try staged.commit()
        #expect(published.file("resnet18-int8.bin")?.digest == ArtifactDigest(of: [1, 2, 3]))
    }

    @Test("latest goes with each publication, also back to a lower number")
    func latestFlips() throws {
        let output = try Output()
        try output.publish(resnet, 8)
        try output.publish(resnet, 9)
        #expect(try output.latest(resnet) == "9")
        try output.publish(resnet, 3)
        #expect(try output.latest(resnet) == "3")
        #expect(try output.isWhole(resnet, 8) && output.isWhole(resnet, 9))
    }

    @Test("a reader that resolves latest finds a whole pair of one run at every moment of 200 publications")
    func readerBesidePublications() async throws {
        let output = try Output()
        try output.publish(resnet, 1)
        let folder = try output.publisher.modelPath(of: resnet)
        let isDone = Mutex(false)

        async let seen: Set<Int> = Task.detached {
            var runs: Set<Int> = []
            // One more look after the end, so that the last run is always seen.
            var isLast = false
            while !isLast {
                isLast = isDone.withLock { $0 }
                let target = try FileManager.default.destinationOfSymbolicLink(
                    atPath: folder.appending("latest").string)
                let run = try #require(Int(target))
                let place = folder.appending(target)
                let param = try Data(contentsOf: URL(fileURLWithPath: place.appending("resnet18-int8.param").string))
                let bin = try Data(contentsOf: URL(fileURLWithPath: place.appending("resnet18-int8.bin").string))
                #expect(Array(param) == Output.param(run))
                #expect(Array(bin) == Output.bin(run))
                runs.insert(run)
            }
            return runs
        }.value

        for run in 2...201 { try output.publish(resnet, run) }
        isDone.withLock { $0 = true }
        #expect(try await seen.contains(201))
    }

    @Test("all bytes and names are on the disk before the run has its name, and its name before latest says it")
    func order() throws {
        let faults = Faults()
        let output = try Output(disk: faults.disk())
        faults.plan(.none)
        try output.publish(resnet, 5)
        let steps = faults.steps
        func place(_ operation: Disk.Operation, _ ending: String) throws -> Int {
            try #require(
                steps.firstIndex { $0.operation == operation && $0.path.string.hasSuffix(ending) },
                "no \(operation) of \(ending)")
        }
        let named = try place(.rename, "/resnet18/5")
        for file in ["resnet18-int8.param", "resnet18-int8.bin", "SHA256SUMS"] {
            let synced = try place(.sync, file)
            #expect(try place(.write, file) < synced)
            #expect(synced < named)
        }
        let hidden = try #require(steps.first { $0.operation == .makeFolder && $0.path.string.contains(".5.tmp-") })
        let hiddenSync = try place(.sync, hidden.path.string)
        #expect(hiddenSync < named)
        let flipped = try place(.rename, "/latest")
        let folders = [
            output.folder.path, output.folder.path.appending("vision"), output.folder.path.appending("vision/resnet18"),
        ]
        for folder in folders {
            let synced = try #require(steps.firstIndex { $0.operation == .sync && $0.path == folder })
            #expect(named < synced && synced < flipped)
        }
        let last = try #require(steps.lastIndex { $0.operation == .sync && $0.path == folders[2] })
        #expect(flipped < last)
    }

    // MARK: Refusals

    @Test("a run that has its folder already is refused, and the folder stays as it is")
    func existingRun() throws {
        let output = try Output()
        try output.publish(resnet, 2)
        let path = output.folder.path.appending("vision/resnet18/2")
        #expect(throws: PublishingError(.runExists, at: path)) {
            _ = try output.publisher.stage(PublishedRun(model: resnet, run: 2))
        }
        #expect(try output.isWhole(resnet, 2))
    }

    @Test("a run folder that appears while another is staged is refused at commit, even an empty one")
    func lateRun() throws {
        let output = try Output()
        let staged = try staging(output, resnet, 2, ["a": [1]])
        let path = staged.destination
        try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: false)
        #expect(refusal(of: staged) == PublishingError(.runExists, at: path))
        #expect(try output.everything() == ["vision", "vision/resnet18", "vision/resnet18/2"])
    }

    @Test("a file that is short is not published, and both lengths are told")
    func shortFile() throws {
        let output = try Output()
        var staged = try output.publisher.stage(PublishedRun(model: resnet, run: 1))
        let path = try staged.path(of: "x.bin")
        try Data(count: 20).write(to: URL(fileURLWithPath: path.string))
        try staged.adopt("x.bin", length: 36)
        #expect(refusal(of: staged) == PublishingError(.length(wanted: 36, found: 20), at: path))
        #expect(try output.everything() == ["vision", "vision/resnet18"])
    }

    @Test("a file with other bytes than announced is not published")
    func otherBytes() throws {
        let output = try Output()
        var staged = try output.publisher.stage(PublishedRun(model: resnet, run: 1))
        let path = try staged.path(of: "x.bin")
        try Data([1]).write(to: URL(fileURLWithPath: path.string))
        let wanted = ArtifactDigest(of: [2])
        try staged.adopt("x.bin", length: 1, digest: wanted)
        #expect(
            refusal(of: staged) == PublishingError(.digest(wanted: wanted, found: ArtifactDigest(of: [1])), at: path))
    }

    @Test("an announced file that never came is told by name")
    func missingFile() throws {
        let output = try Output()
        var staged = try output.publisher.stage(PublishedRun(model: resnet, run: 1))
        try staged.adopt("x.bin", length: 1)
        let path = try staged.path(of: "x.bin")
        #expect(
            refusal(of: staged) == PublishingError(.system(operation: "find", code: .noSuchFileOrDirectory), at: path))
    }

    @Test("what nobody announced is not published")
    func unannounced() throws {
        let output = try Output()
        let staged = try staging(output, resnet, 1, ["a": [1]])
        let stray = staged.path.appending("core")
        try Data([1]).write(to: URL(fileURLWithPath: stray.string))
        #expect(refusal(of: staged) == PublishingError(.unannounced, at: stray))
    }

    @Test("a link in place of a file is not published")
    func linkedFile() throws {
        let output = try Output()
        let elsewhere = try TemporaryFolder()
        let secret = try elsewhere.write("secret", [1])
        var staged = try output.publisher.stage(PublishedRun(model: resnet, run: 1))
        let path = try staged.path(of: "x.bin")
        try FileManager.default.createSymbolicLink(atPath: path.string, withDestinationPath: secret.string)
        try staged.adopt("x.bin", length: 1)
        #expect(refusal(of: staged) == PublishingError(.badFileName("it is no regular file"), at: path))
    }

    @Test(
        "a file name that is hidden, no plain name, or the publisher's own is refused",
        arguments: ["", ".", "..", ".x", "a/b", "/etc/passwd", "SHA256SUMS", "a\0b"])
    func fileNames(name: String) throws {
        let output = try Output()
        var staged = try output.publisher.stage(PublishedRun(model: resnet, run: 1))
        let error = #expect(throws: PublishingError.self) { try staged.write(name, []) }
        guard case .badFileName = try #require(error).reason else {
            Issue.record("\(name.debugDescription) was refused for another reason: \(String(describing: error))")
            return
        }
    }

    @Test("an output folder that is not there is not made: the file system may not be mounted")
    func noOutput() throws {
        let folder = try TemporaryFolder()
        let publisher = Publisher(output: folder.path.appending("mnt"))
        let error = #expect(throws: PublishingError.self) {
            _ = try publisher.stage(PublishedRun(model: resnet, run: 1))
        }
        #expect(error?.reason == .noOutputFolder)
        #expect(error?.isBlocked == true)
        #expect(throws: PublishingError.self) { try publisher.requireSpace(1) }
        #expect(throws: PublishingError.self) { try publisher.sweep(keeping: { _ in true }) }
    }

    @Test(
        "an output folder that is another one than was locked blocks, and nothing is put into it until the first is back"
    )
    func otherOutput() throws {
        let folder = try TemporaryFolder()
        let (path, aside) = (folder.path.appending("output").string, folder.path.appending("aside").string)
        let manager = FileManager.default
        try manager.createDirectory(atPath: path, withIntermediateDirectories: false)
        let publisher = try Publisher(locking: FilePath(path))
        let run = PublishedRun(model: resnet, run: 1)
        _ = try publisher.stage(run)
        // What a mount over it looks like: the same path, another folder.
        try manager.moveItem(atPath: path, toPath: aside)
        try manager.createDirectory(atPath: path, withIntermediateDirectories: false)
        let expected = PublishingError(.otherOutputFolder, at: FilePath(path))
        #expect(expected.isBlocked)
        #expect(throws: expected) { _ = try publisher.stage(run) }
        #expect(throws: expected) { try publisher.requireSpace(1) }
        #expect(throws: expected) { try publisher.withdraw(run) }
        #expect(try manager.contentsOfDirectory(atPath: path).isEmpty)
        try manager.removeItem(atPath: path)
        try manager.moveItem(atPath: aside, toPath: path)
        _ = try publisher.stage(run)
    }

    @Test("an output folder that is unmounted under a staged run blocks its commit")
    func outputGone() throws {
        let output = try Output()
        var staged = try output.publisher.stage(PublishedRun(model: resnet, run: 1))
        try staged.write(PublishedFile.param.name(of: resnet), Output.param(1))
        try FileManager.default.removeItem(atPath: output.folder.path.appending("vision").string)
        do {
            _ = try staged.commit()
            Issue.record("the commit succeeded")
        } catch {
            #expect(error.isBlocked)
        }
    }

    @Test("one output folder has one publisher")
    func locked() throws {
        let folder = try TemporaryFolder()
        let publisher = try Publisher(locking: folder.path)
        #expect(throws: PublishingError(.inUse, at: folder.path)) { try Publisher(locking: folder.path) }
        withExtendedLifetime(publisher) {}
    }

    @Test("a model that cannot fit is refused with the room that is there")
    func space() throws {
        let output = try Output()
        try output.publisher.requireSpace(1)
        let error = #expect(throws: PublishingError.self) { try output.publisher.requireSpace(.max) }
        guard case .noSpace(.max, let free) = try #require(error).reason else {
            Issue.record("wrong reason: \(String(describing: error))")
            return
        }
        #expect(free > 0)
        #expect(error?.isBlocked == true)
    }

    @Test("a file called latest that is no link is left alone, and nothing appears")
    func foreignLatest() throws {
        let output = try Output()
        let path = try output.folder.write("vision/resnet18/latest", "mine")
        #expect(throws: PublishingError(.foreign, at: path)) { try output.publish(resnet, 1) }
        #expect(try output.everything() == ["vision", "vision/resnet18", "vision/resnet18/latest"])
        #expect(try String(contentsOfFile: path.string, encoding: .utf8) == "mine")
    }

    @Test("a folder that may not be written blocks, with the path and the permission")
    func permissionDenied() throws {
        let output = try Output()
        try output.publish(resnet, 1)
        let folder = output.folder.path.appending("vision/resnet18")
        try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.string)
        defer { try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.string) }
        let error = asOrdinaryUser { #expect(throws: PublishingError.self) { try output.publish(resnet, 2) } }
        guard case .system("make folder", .permissionDenied) = try #require(error).reason else {
            Issue.record("wrong reason: \(String(describing: error))")
            return
        }
        #expect(error?.isBlocked == true)
        #expect(error?.description.contains("vision/resnet18/.2.tmp-") == true)
        #expect(error?.description.contains("Permission denied (errno 13)") == true)
        #expect(try output.latest(resnet) == "1")
    }

    @Test("a name of 255 bytes has a folder, and its file that would need more is refused and said to be too long")
    func longNames() throws {
        let output = try Output()
        let longest = ModelName("deep/" + String(repeating: "n", count: 244))
        try output.publish(longest, 1)
        #expect(try output.isWhole(longest, 1))

        let full = ModelName("deep/" + String(repeating: "n", count: 255))
        let error = #expect(throws: PublishingError.self) { try output.publish(full, 1) }
        #expect(error?.reason == .badFileName("it has 266 bytes, a file name has 255 at most"))
        #expect(error?.isBlocked == false)

        let tooLong = ModelName(String(repeating: "n", count: 256))
        let second = #expect(throws: PublishingError.self) { try output.publish(tooLong, 1) }
        #expect(second?.reason == .system(operation: "make folder", code: .fileNameTooLong))
    }

    // MARK: Not committed

    @Test("a discarded run leaves nothing but the folders above it")
    func discarded() throws {
        let output = try Output()
        let staged = try staging(output, resnet, 1, ["a": [1]])
        try staged.discard()
        #expect(try output.everything() == ["vision", "vision/resnet18"])
    }

    @Test("a run that is forgotten is discarded")
    func forgotten() throws {
        let output = try Output()
        _ = try staging(output, resnet, 1, ["a": [1]])
        #expect(try output.everything() == ["vision", "vision/resnet18"])
    }

    @Test("while a run is staged, no name of it shows")
    func stagedIsHidden() throws {
        let output = try Output()
        let staged = try staging(output, resnet, 1, ["a": [1]])
        let visible = try FileManager.default.contentsOfDirectory(
            atPath: output.folder.path.appending("vision/resnet18").string
        ).filter { !$0.hasPrefix(".") }
        #expect(visible.isEmpty)
        try staged.discard()
    }

    /// What a commit is refused with; a closure cannot end a value that is not copied, so `#expect(throws:)` is no help.
    private func refusal(of staged: consuming StagedFolder) -> PublishingError? {
        do {
            _ = try staged.commit()
            return nil
        } catch {
            return error
        }
    }

    private func staging(
        _ output: Output, _ model: ModelName, _ run: Int, _ files: [String: [UInt8]]
    ) throws -> StagedFolder {
        var staged = try output.publisher.stage(PublishedRun(model: model, run: run))
        for (name, bytes) in files { try staged.write(name, bytes) }
        return staged
    }
}
