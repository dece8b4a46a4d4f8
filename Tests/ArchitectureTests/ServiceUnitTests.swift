import Foundation
import SystemPackage
import TestSupport
import Testing

/// The systemd unit is one that systemd accepts, and keeps the daemon in its place.
@Suite struct ServiceUnitTests {
    static let analyze = "/usr/bin/systemd-analyze"
    static let isInstalled = FileManager.default.isExecutableFile(atPath: analyze)

    static func analyze(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: analyze)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.start()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    static let unit = Fixtures.repository.appending("systemd/quantd.service")

    @Test("systemd-analyze verify accepts the unit", .enabled(if: isInstalled, "systemd-analyze is not installed"))
    func verify() throws {
        let folder = try TemporaryFolder()
        // Verify wants the executable to be there; the package installs it as /usr/bin/quantd.
        let text = String(decoding: try Fixtures.bytes(Self.unit), as: UTF8.self)
        let path = try folder.write(
            "quantd.service", text.replacing("=/usr/bin/quantd", with: "=/bin/true"))
        let (status, output) = try Self.analyze(["verify", "--man=no", path.string])
        #expect(status == 0)
        #expect(output.isEmpty, "\(output)")
    }

    @Test(
        "the unit's exposure is at most 1.0 of 10", .enabled(if: isInstalled, "systemd-analyze is not installed"))
    func exposure() throws {
        // The threshold is given in tenths.
        let (status, output) = try Self.analyze(["security", "--offline=true", "--threshold=10", Self.unit.string])
        #expect(status == 0, "\(output)")
    }
}
