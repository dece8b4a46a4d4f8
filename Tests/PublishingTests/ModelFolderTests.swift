import SystemPackage
import Testing
import Vocabulary

@testable import Publishing

@Suite("The folder of a model")
struct ModelFolderTests {
    @Test(
        "a part that reads like a run or latest is marked, except the first",
        arguments: [
            ("resnet18", "resnet18"), ("a/1", "a/1%"), ("a/17/b", "a/17%/b"), ("a/latest", "a/latest%"), ("1", "1"),
            ("latest", "latest"), ("1/2", "1/2%"), ("a/01", "a/01"), ("a/0", "a/0"), ("a/-1", "a/-1"),
            ("a/+1", "a/+1"), ("a/Latest", "a/Latest"), ("a/1x", "a/1x"), ("a/x%25", "a/x%25"),
            ("a/99999999999999999999", "a/99999999999999999999"),
        ])
    func places(model: String, place: String) throws {
        let folder = try ModelFolder(of: ModelName(model), below: "/out")
        #expect(folder.parts.joined(separator: "/") == place)
        #expect(ModelFolder.model(at: folder.parts) == ModelName(model))
    }

    @Test(
        "a name that leads elsewhere, is hidden or is no escaped name is refused",
        arguments: [
            "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/..", ".hidden", "a/.5.tmp-x", "a/1%", "%",
            "a\0b",
        ])
    func refused(model: String) throws {
        let error = #expect(throws: PublishingError.self) { try ModelFolder(of: ModelName(model), below: "/out") }
        guard case .badModelName = try #require(error).reason else {
            Issue.record("\(model.debugDescription): \(String(describing: error))")
            return
        }
        #expect(error?.isBlocked == false)
    }

    @Test("a and a/1 and a/latest live beside each other, and each keeps its own runs and latest")
    func neighbours() throws {
        let output = try Output()
        let models = ["a", "a/1", "a/latest", "a/1/2"].map { ModelName($0) }
        for model in models {
            for run in 1...3 { try output.publish(model, run) }
        }
        for model in models {
            for run in 1...3 { #expect(try output.isWhole(model, run), "\(model) \(run)") }
            #expect(try output.latest(model) == "3")
        }
        let sweep = try output.publisher.sweep { $0.model != ModelName("a/1") || $0.run == 2 }
        #expect(sweep.failures.isEmpty && sweep.foreign.isEmpty)
        #expect(sweep.removed.count == 2)
        #expect(try output.latest(ModelName("a/1")) == "2")
        #expect(try output.isWhole(ModelName("a"), 1) && output.isWhole(ModelName("a/1/2"), 1))
    }

    @Test("temporary names are told from all others")
    func temporaryNames() {
        #expect(TemporaryName.matches(TemporaryName.fresh(for: "17")))
        #expect(TemporaryName.matches(TemporaryName.fresh(for: "latest")))
        for name in [
            "17", ".17", ".17.tmp-", ".17.tmp-0123", ".x.tmp-0123456789abcdef", ".017.tmp-0123456789abcdef",
            ".17.tmp-0123456789abcdeg", ".17.tmp-0123456789ABCDEF", "17.tmp-0123456789abcdef",
            ".17.tmp-0123456789abcdef0",
        ] {
            #expect(!TemporaryName.matches(name), "\(name)")
        }
    }
}
