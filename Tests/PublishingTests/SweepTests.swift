import Foundation
import SystemPackage
import TestSupport
import Testing
import Vocabulary

@testable import Publishing

@Suite("Sweeping the output folder")
struct SweepTests {
    private let manager = FileManager.default

    @Test("temporary things go, published runs stay")
    func temporaries() throws {
        let output = try Output()
        try output.publish(resnet, 1)
        let before = try output.everything()
        try output.folder.write("vision/resnet18/.2.tmp-0123456789abcdef/resnet18-int8.bin", [1])
        try manager.createSymbolicLink(
            atPath: output.folder.path.appending("vision/resnet18/.latest.tmp-0123456789abcdef").string,
            withDestinationPath: "2")
        let sweep = try output.publisher.sweep { _ in true }
        #expect(
            sweep.removed.map(\.lastComponent?.string) == [
                ".2.tmp-0123456789abcdef", ".latest.tmp-0123456789abcdef",
            ])
        #expect(try output.everything() == before)
    }

    @Test("a run that may not exist goes, and latest is flipped to the highest that stays")
    func disowned() throws {
        let output = try Output()
        for run in [1, 2, 10, 11] { try output.publish(resnet, run) }
        let sweep = try output.publisher.sweep { $0 != PublishedRun(model: resnet, run: 11) }
        #expect(sweep.removed == [output.folder.path.appending("vision/resnet18/11")])
        #expect(try output.latest(resnet) == "10")
        for run in [1, 2, 10] { #expect(try output.isWhole(resnet, run)) }
    }

    @Test("when no run stays, latest goes too")
    func nothingStays() throws {
        let output = try Output()
        for run in 1...3 { try output.publish(resnet, run) }
        let sweep = try output.publisher.sweep { _ in false }
        #expect(sweep.removed.count == 3)
        #expect(try output.everything() == ["vision", "vision/resnet18"])
    }

    @Test("a latest that dangles is flipped to the highest run")
    func dangling() throws {
        let output = try Output()
        for run in 1...3 { try output.publish(resnet, run) }
        try manager.removeItem(atPath: output.folder.path.appending("vision/resnet18/3").string)
        _ = try output.publisher.sweep { _ in true }
        #expect(try output.latest(resnet) == "2")
    }

    @Test("what no publisher made stays, whatever its name")
    func foreign() throws {
        let output = try Output()
        try output.publish(resnet, 1)
        for name in [
            "notes.txt", "archive/2024/report.pdf", "vision/resnet18/.17.tmp-mine/x", "vision/resnet18/README",
            "vision/resnet18/5/no-sums", "17/x", ".1.tmp-0123456789abcdef/x", "vision/.hidden/3/SHA256SUMS",
            "vision/resnet18/6", "other/latest/page.html",
        ] { try output.folder.write(name, "mine") }
        let before = try output.everything()
        let sweep = try output.publisher.sweep { $0 == PublishedRun(model: resnet, run: 1) }
        #expect(try output.everything() == before)
        #expect(sweep.removed.isEmpty && sweep.failures.isEmpty)
        #expect(
            sweep.foreign == [
                output.folder.path.appending("archive/2024"), output.folder.path.appending("vision/resnet18/5"),
            ])
    }

    @Test("a run folder with a file that someone added stays whole and is told")
    func addedFile() throws {
        let output = try Output()
        try output.publish(resnet, 1)
        try output.folder.write("vision/resnet18/1/NOTES", "mine")
        let sweep = try output.publisher.sweep { _ in false }
        #expect(sweep.foreign == [output.folder.path.appending("vision/resnet18/1")])
        #expect(try output.latest(resnet) == "1")
        #expect(throws: PublishingError.self) {
            try output.publisher.withdraw(PublishedRun(model: resnet, run: 1))
        }
        #expect(output.exists(output.folder.path.appending("vision/resnet18/1/resnet18-int8.bin")))
    }

    @Test("links are neither followed nor removed")
    func links() throws {
        let output = try Output()
        let elsewhere = try Output()
        try elsewhere.publish(resnet, 1)
        let before = try elsewhere.everything()
        try manager.createSymbolicLink(
            atPath: output.folder.path.appending("mirror").string, withDestinationPath: elsewhere.folder.path.string)
        try manager.createDirectory(
            atPath: output.folder.path.appending("m").string, withIntermediateDirectories: true)
        try manager.createSymbolicLink(
            atPath: output.folder.path.appending("m/4").string,
            withDestinationPath: elsewhere.folder.path.appending("vision/resnet18/1").string)
        let sweep = try output.publisher.sweep { _ in false }
        #expect(sweep.removed.isEmpty && sweep.failures.isEmpty && sweep.foreign.isEmpty)
        #expect(try elsewhere.everything() == before)
        #expect(try output.everything().count == 3)
    }

    @Test("one folder that cannot be listed is told, and the rest is swept")
    func unreadable() throws {
        let faults = Faults()
        let output = try Output(disk: faults.disk())
        try output.publish(ModelName("a"), 1)
        try output.publish(ModelName("b"), 2)
        faults.plan(.only(4), .permissionDenied)
        let sweep = try output.publisher.sweep { _ in false }
        #expect(faults.steps[3] == Faults.Step(operation: .list, path: output.folder.path.appending("a")))
        #expect(sweep.failures.map(\.path) == [output.folder.path.appending("a")])
        #expect(sweep.removed == [output.folder.path.appending("b/2")])
    }

    @Test("a withdrawn run is gone, and withdrawing it again finds nothing")
    func withdrawn() throws {
        let output = try Output()
        for run in 1...2 { try output.publish(resnet, run) }
        let run = PublishedRun(model: resnet, run: 2)
        #expect(try output.publisher.withdraw(run))
        #expect(try !output.publisher.withdraw(run))
        #expect(try output.latest(resnet) == "1")
        try output.publish(resnet, 2)
        #expect(try output.isWhole(resnet, 2))
    }
}

@Suite("SHA256SUMS")
struct ChecksumsTests {
    @Test("a text is read back, whatever the names", arguments: ["plain", " lead", "a\\b", "a\nb", "\r\n", "*", "ü"])
    func roundTrip(name: String) throws {
        let digests = [name: ArtifactDigest(of: [1]), "other": ArtifactDigest(of: [2])]
        #expect(Checksums.parse(Checksums.text(digests)) == digests)
    }

    @Test(
        "a text that is none is refused",
        arguments: [
            "x", "abc  name", String(repeating: "0", count: 64) + " name",
            "\\" + String(repeating: "0", count: 64) + "  a\\x",
        ])
    func refused(text: String) {
        #expect(Checksums.parse(text) == nil)
    }
}
