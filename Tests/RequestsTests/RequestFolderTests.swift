import Foundation
import Glibc
import Ledger
import SystemPackage
import TestSupport
import Testing
import Vocabulary

@testable import Requests

@Suite("Requests as files")
struct RequestFolderTests {
    private static func folder() throws -> (TemporaryFolder, RequestFolder) {
        let place = try TemporaryFolder()
        let folder = RequestFolder(state: place.path)
        try folder.make()
        return (place, folder)
    }

    private static func mode(_ path: FilePath) -> UInt32 {
        var status = stat()
        return path.withPlatformString { stat($0, &status) } == 0 ? status.st_mode & 0o7777 : 0
    }

    @Test("a retry that is dropped is read", arguments: ["vision/resnet18", "a %0A \"b\"\\ü"])
    func retry(model: String) throws {
        try Self.roundTrip(.retry(ModelName(model)))
    }

    @Test(
        "a pruning that is dropped is read",
        arguments: [
            ("vision/*", 3, "2026-11-23T10:00:00.5Z"), (nil, 1, nil), (nil, nil, "1970-01-01T00:00:00Z"),
        ] as [(String?, Int?, String?)])
    func prune(models: String?, keep: Int?, before: String?) throws {
        try Self.roundTrip(.prune(Retention(models: models, keep: keep, before: before.flatMap { Timestamp($0) })))
    }

    private static func roundTrip(_ order: Request.Order) throws {
        let (place, folder) = try Self.folder()
        let request = Request(order)
        try folder.drop(request)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path.string)
        #expect(names == ["\(request.id).json"])
        let file = folder.path.appending("\(request.id).json")
        #expect(folder.id(at: file) == request.id)
        #expect(try folder.read(file) == request)
        try folder.remove(file)
        try folder.remove(file)
        #expect(!Fixtures.exists(file))
        _ = place
    }

    @Test("a request can be taken back while nobody has taken it")
    func withdraw() throws {
        let (place, folder) = try Self.folder()
        let request = Request(.retry(ModelName("a")))
        try folder.drop(request)
        #expect(folder.withdraw(request))
        #expect(!folder.withdraw(request))
        _ = place
    }

    @Test("the folder is for its owner and group, whatever the umask; one that is there keeps its mode")
    func modes() throws {
        let (place, folder) = try Self.folder()
        #expect([0o770, 0o2770].contains(Self.mode(folder.path)))
        #expect(folder.path.withPlatformString { chmod($0, 0o750) } == 0)
        try folder.make()
        #expect(Self.mode(folder.path) == 0o750)
        _ = place
    }

    @Test("a request may be read by the folder's group, whatever the asker's umask")
    func readable() throws {
        let (place, folder) = try Self.folder()
        #expect(folder.path.withPlatformString { chown($0, uid_t.max, getegid()) } == 0)
        let request = Request(.retry(ModelName("a")))
        try folder.drop(request)
        var status = stat()
        #expect(stat(folder.file(of: request.id).string, &status) == 0)
        #expect(status.st_mode & 0o7777 == 0o640 && status.st_gid == getegid())
        _ = place
    }

    @Test("where there is no folder, dropping says so and leaves nothing behind")
    func noFolder() throws {
        let place = try TemporaryFolder()
        let error = #expect(throws: Errno.self) {
            try RequestFolder(state: place.path).drop(Request(.retry(ModelName("a"))))
        }
        #expect(error == .noSuchFileOrDirectory)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path.string).isEmpty)
    }

    static let id = "0b5e8f0e-6c1f-4b57-9a5c-1d1d8a0a7f11"

    @Test(
        "a file that is no request is refused with a clause",
        arguments: [
            ("", "is no request in JSON"),
            ("{", "is no request in JSON"),
            ("[]", "is no request in JSON"),
            ("null", "is no request in JSON"),
            ("{}", "is no request in JSON"),
            (String(repeating: "[", count: 10_000), "is no request in JSON"),
            (String(repeating: " ", count: 20_000), "has 20000 bytes, a request has 16384 at most"),
            (#"{"schema_version":2,"verb":"retry","model":"a"}"#, "has schema_version 2, this program knows 1"),
            (#"{"schema_version":1,"verb":"format"}"#, "asks for something that this program does not know"),
            (#"{"schema_version":1,"verb":"retry"}"#, "asks for a retry and names no model"),
            (#"{"schema_version":1,"verb":"retry","model":""}"#, "asks for a retry and names no model"),
            (#"{"schema_version":1,"verb":"retry","model":7}"#, "is no request in JSON"),
            (
                #"{"schema_version":1,"verb":"retry","model":"a","keep":1}"#,
                "asks for a retry and has keys of a pruning"
            ),
            (#"{"schema_version":1,"verb":"prune"}"#, "asks for a pruning and sets no limit"),
            (#"{"schema_version":1,"verb":"prune","models":"*"}"#, "asks for a pruning and sets no limit"),
            (#"{"schema_version":1,"verb":"prune","keep":0}"#, "keeps 0 results of a model, wanted 1 or more"),
            (#"{"schema_version":1,"verb":"prune","keep":1e30}"#, "is no request in JSON"),
            (#"{"schema_version":1,"verb":"prune","before":"yesterday"}"#, "is no request in JSON"),
            // A misspelt key would let everything go.
            (
                #"{"schema_version":1,"verb":"prune","keep":1,"model":"vision/*"}"#,
                "asks for a pruning and has the key 'model'"
            ),
            (#"{"schema_version":1,"verb":"prune","keep":1,"modls":"vision/*"}"#, "has the unknown key 'modls'"),
        ])
    func hostile(content: String, clause: String) throws {
        let (place, folder) = try Self.folder()
        let path = try place.write("requests/\(Self.id).json", content)
        let error = #expect(throws: RequestError.self) { try folder.read(path) }
        #expect(error?.description == clause)
    }

    @Test("what is no regular file is refused, and nobody waits for it")
    func noFile() throws {
        let (place, folder) = try Self.folder()
        let path = folder.path.appending("\(Self.id).json")
        #expect(path.withPlatformString { mkfifo($0, 0o600) } == 0)
        #expect(throws: RequestError.self) { try folder.read(path) }
        try folder.remove(path)
        let secret = try place.write("secret", "{\"password\":1}")
        try FileManager.default.createSymbolicLink(atPath: path.string, withDestinationPath: secret.string)
        let error = #expect(throws: RequestError.self) { try folder.read(path) }
        #expect(error?.description.contains("password") == false)
        try folder.remove(path)
        #expect(Fixtures.exists(secret))
    }

    @Test(
        "only <uuid>.json in the folder itself is the name of a request",
        arguments: ["x.json", "\(id).txt", "\(id.uppercased()).json", "\(id)", "sub/\(id).json", ".\(id).tmp"])
    func names(name: String) throws {
        let (place, folder) = try Self.folder()
        let path = try place.write("requests/\(name)", #"{"schema_version":1,"verb":"retry","model":"a"}"#)
        #expect(folder.id(at: path) == nil)
        #expect(throws: RequestError.self) { try folder.read(path) }
    }
}
