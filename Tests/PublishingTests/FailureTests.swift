import SystemPackage
import Testing
import Vocabulary

@testable import Publishing

@Suite("Failing while publishing")
struct FailureTests {
    /// How many operations one publication needs, from staging to the end.
    private static func stepsOfOnePublication() throws -> Int {
        let faults = Faults()
        let output = try Output(disk: faults.disk())
        try output.publish(resnet, 1)
        faults.plan(.none)
        try output.publish(resnet, 2)
        return faults.steps.count
    }

    @Test(
        "whichever operation fails, nothing appears, latest stays, the error says where, and a second attempt succeeds",
        arguments: [Errno.noSpace, .ioError, .readOnlyFileSystem])
    func passingFault(code: Errno) throws {
        let count = try Self.stepsOfOnePublication()
        #expect(count > 25)
        var failed = 0
        for step in 1...count {
            let faults = Faults()
            let output = try Output(disk: faults.disk())
            try output.publish(resnet, 1)
            let before = try output.everything()

            faults.plan(.only(step), code)
            do {
                try output.publish(resnet, 2)
                // Only what comes after the publication may fail unnoticed: the look whether anything is left to tidy.
                #expect(step == count)
            } catch let error as PublishingError {
                failed += 1
                guard case .system(_, code) = error.reason else {
                    Issue.record("step \(step): \(error)")
                    continue
                }
                #expect(error.isBlocked)
                #expect(error.path == faults.steps[step - 1].path)
                #expect(try output.everything() == before, "step \(step): \(error)")
                faults.plan(.none)
                try output.publish(resnet, 2)
            }
            #expect(try output.isWhole(resnet, 1) && output.isWhole(resnet, 2), "step \(step)")
            #expect(try output.latest(resnet) == "2")
        }
        #expect(failed == count - 1)
    }

    @Test("what a disk that fails for a while keeps of an attempt is taken away by the next attempt")
    func leftovers() throws {
        for step in 1...(try Self.stepsOfOnePublication()) {
            let faults = Faults()
            let output = try Output(disk: faults.disk())
            let run = PublishedRun(model: resnet, run: 2)
            try output.publish(resnet, 1)
            faults.plan(.from(step), .noSpace)
            if (try? output.publish(resnet, 2)) != nil { continue }
            faults.plan(.none)
            try output.publisher.withdraw(run)
            try output.publish(resnet, 2)
            #expect(try output.isWhole(resnet, 1) && output.isWhole(resnet, 2), "step \(step)")
            #expect(try output.latest(resnet) == "2")
            #expect(try output.everything().allSatisfy { !$0.contains(".tmp-") }, "step \(step)")
        }
    }

    @Test("wherever it is killed, a reader finds whole runs only, and after the sweep a second attempt succeeds")
    func killed() throws {
        for step in 1...(try Self.stepsOfOnePublication()) {
            let faults = Faults()
            let output = try Output(disk: faults.disk())
            try output.publish(resnet, 1)
            let before = try output.everything()

            faults.plan(.from(step))
            let published: PublishedFolder? = try? output.publish(resnet, 2)
            faults.plan(.none)

            let latest = try #require(try output.latest(resnet).flatMap { Int($0) })
            #expect(try output.isWhole(resnet, latest), "step \(step)")
            let second = try output.publisher.path(of: PublishedRun(model: resnet, run: 2))
            if output.exists(second) { #expect(try output.isWhole(resnet, 2), "step \(step)") }
            guard published == nil else { continue }

            let sweep = try output.publisher.sweep { $0.run == 1 }
            #expect(sweep.failures.isEmpty && sweep.foreign.isEmpty)
            #expect(try output.everything() == before, "step \(step)")
            try output.publish(resnet, 2)
            #expect(try output.isWhole(resnet, 2))
            #expect(try output.latest(resnet) == "2")
        }
    }

    @Test("the first run of a model that fails leaves no latest behind")
    func firstRun() throws {
        let faults = Faults()
        let probe = try Output(disk: faults.disk())
        faults.plan(.none)
        try probe.publish(resnet, 1)
        for step in 1..<faults.steps.count {
            let faults = Faults()
            let output = try Output(disk: faults.disk())
            faults.plan(.only(step), .noSpace)
            #expect(throws: PublishingError.self, "step \(step)") { try output.publish(resnet, 1) }
            let left = try output.everything()
            #expect(left.allSatisfy { ["vision", "vision/resnet18"].contains($0) }, "step \(step): \(left)")
        }
    }

    @Test("a discard that fails says so")
    func discard() throws {
        let faults = Faults()
        let output = try Output(disk: faults.disk())
        let staged = try output.publisher.stage(PublishedRun(model: resnet, run: 1))
        faults.plan(.only(1), .ioError)
        do {
            try staged.discard()
            Issue.record("the discard succeeded")
        } catch {
            #expect(error.reason == .system(operation: faults.steps[0].operation.rawValue, code: .ioError))
        }
    }

    @Test(
        "a full, read-only, forbidden or failing disk blocks; a name that cannot be does not",
        arguments: [
            (Errno.noSpace, true), (.diskQuotaExceeded, true), (.readOnlyFileSystem, true), (.permissionDenied, true),
            (.notPermitted, true), (.ioError, true), (.tooManyOpenFiles, true), (.fileNameTooLong, false),
            (.fileExists, false), (.notDirectory, false), (.tooManySymbolicLinkLevels, false),
        ])
    func blocked(code: Errno, expected: Bool) {
        let error = PublishingError(.system(operation: "write file", code: code), at: "/out/m/1/m-int8.bin")
        #expect(error.isBlocked == expected)
    }

    @Test("an error names operation, path and number")
    func wording() {
        let error = PublishingError(.system(operation: "write file", code: .noSpace), at: "/out/m/.1.tmp-0/m-int8.bin")
        #expect(
            error.description
                == "cannot write file /out/m/.1.tmp-0/m-int8.bin: No space left on device (errno 28)")
    }
}
