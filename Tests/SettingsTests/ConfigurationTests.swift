import Foundation
import Images
import Quantizing
import Settings
import SystemPackage
import TestSupport
import Testing

@Suite struct ConfigurationTests {
    static let folders = "models = '/m'\noutput = '/o'\nstate = '/s'\n"

    static func failure(_ text: String) -> String {
        do {
            try Configuration(toml: text, file: "q.toml").check()
            return "no error"
        } catch {
            return error.description
        }
    }

    @Test("three folders are enough, everything else has a default")
    func defaults() throws {
        let configuration = try Configuration(toml: Self.folders, file: "q.toml")
        #expect(configuration == Configuration(models: "/m", output: "/o", state: "/s"))
        #expect(configuration.run.quantize.floatStorage == .keep)
        #expect(configuration.table == .required)
    }

    @Test("every key of the shipped configuration is read, and its commented values are the defaults")
    func shipped() throws {
        let path = Fixtures.repository.appending("Config/quantd.toml")
        let text = String(decoding: try Fixtures.bytes(path), as: UTF8.self)
        let shipped = try Configuration(toml: text, file: "quantd.toml")
        // The same with every commented key switched on says the same.
        let commented = text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("#: ") ? String($0.dropFirst(3)) : String($0) }.joined(separator: "\n")
        #expect(commented != text)
        #expect(try Configuration(toml: commented, file: "quantd.toml") == shipped)
    }

    @Test("keys are read")
    func keys() throws {
        let text =
            Self.folders + """
                settle_seconds = 0.25
                rescan_seconds = 60
                workers = 2
                worker_command = ["srun", "quantd", "worker"]
                worker_mib = 0
                worker_seconds = 7.5
                table = "optional"
                signing_key = "/etc/quantd/key.pem"
                [quantize]
                float_storage = "fp16"
                exclude = ["head_*"]
                exclude_types = ["Gemm"]
                """
        let configuration = try Configuration(toml: text, file: "q.toml")
        #expect(configuration.settle == .milliseconds(250))
        #expect(configuration.rescan == .seconds(60))
        #expect(configuration.workers == 2)
        #expect(configuration.workerCommand == ["srun", "quantd", "worker"])
        #expect(configuration.workerMebibytes == 0)
        #expect(configuration.workerTime == .milliseconds(7500))
        #expect(configuration.table == .optional)
        #expect(configuration.signingKey == "/etc/quantd/key.pem")
        #expect(
            configuration.run.quantize
                == QuantizeSettings(floatStorage: .fp16, exclude: ["head_*"], excludeTypes: ["Gemm"]))
    }

    @Test(
        "what is wrong is said with the key or the line",
        arguments: [
            ("models = '/m'\noutput = '/o'\n", "q.toml: the key 'state' is missing"),
            ("models = 'm'\noutput = '/o'\nstate = '/s'\n", "q.toml: models is 'm', wanted an absolute path"),
            (folders + "settle = 3\n", "q.toml: unknown key 'settle'"),
            (folders + "workers = 0\n", "q.toml: workers is 0, wanted 1 to 64"),
            (folders + "rescan_seconds = 1\n", "q.toml: rescan_seconds is 1.0, wanted 10.0 to 86400.0"),
            (folders + "workers = 'two'\n", "q.toml: workers has a value of the wrong kind"),
            (folders + "signing_key = 'key.pem'\n", "q.toml: signing_key is 'key.pem', wanted an absolute path"),
            (folders + "table = 'maybe'\n", "q.toml: table is 'maybe', wanted one of: required, optional"),
            (
                folders + "[quantize]\nfloat_storage = 'int4'\n",
                "q.toml: quantize.float_storage is 'int4', wanted one of: keep, fp16"
            ),
            (
                "models = '/m'\noutput = '/m'\nstate = '/s'\n",
                "models, output and state must be three folders, two of them are /m"
            ),
            (
                "models = '/o/m'\noutput = '/o'\nstate = '/s'\n",
                "models (/o/m) lies in output (/o), where nothing is watched"
            ),
        ])
    func errors(text: String, expected: String) {
        #expect(Self.failure(text) == expected)
    }

    @Test("text that is no TOML is refused with line and column")
    func notToml() {
        #expect(Self.failure("models = \noutput = '/o'\n").hasPrefix("q.toml:1:"))
    }

    @Test("a model's own settings go over the daemon's, key by key")
    func modelSettings() throws {
        let folder = try TemporaryFolder()
        var configuration = Configuration(models: "/m", output: "/o", state: "/s")
        configuration.run.quantize.exclude = ["first"]
        let path = try folder.write("net.toml", "table = 'optional'\n[quantize]\nfloat_storage = 'fp16'\n")
        let settings = try ModelSettings(path, over: ModelSettings(configuration))
        #expect(settings.table == .optional)
        #expect(settings.run.quantize == QuantizeSettings(floatStorage: .fp16, exclude: ["first"]))
    }

    static let images = """
        [images]
        shape=[227,227,3]
        pixel='BGR'
        mean=[104.0,117,123.5]
        norm=[1,1.0,0.5]

        """

    @Test("how a model takes images is read, in the words of ncnn2table, and a model's own keys go over the daemon's")
    func images() throws {
        let configuration = try Configuration(toml: Self.folders + Self.images, file: "q.toml")
        #expect(
            configuration.run.images
                == ImageSettings(shape: [227, 227, 3], pixel: .bgr, mean: [104, 117, 123.5], norm: [1, 1, 0.5]))
        let folder = try TemporaryFolder()
        let path = try folder.write("net.toml", "[images]\npixel = 'rgb'\ncrop = 1\n")
        #expect(
            try ModelSettings(path, over: ModelSettings(configuration)).run.images
                == ImageSettings(
                    shape: [227, 227, 3], pixel: .rgb, mean: [104, 117, 123.5], norm: [1, 1, 0.5], crop: 1))
        let gray = try folder.write("gray.toml", "[images]\npixel = 'gray'\nmean = [1]\n")
        #expect(try ModelSettings(gray, over: ModelSettings()).run.images == ImageSettings(pixel: .gray, mean: [1]))
    }

    @Test(
        "what is wrong with images is said with the key, wanted and found",
        arguments: [
            ("pixel = 'yuv'", "images.pixel is 'yuv', wanted one of: rgb, bgr, gray, rgba, bgra"),
            ("shape = [227]", "images.shape is [227], wanted width and height"),
            ("pixel = 'gray'\nmean = [1, 2, 3]", "images.mean has length 3, wanted 1 for gray"),
            ("norm = [inf]", "images.norm has inf, wanted -1000000 to 1000000"),
            ("crop = 2", "images.crop is 2.0, wanted more than 0, and 1 at most"),
            ("mean = 'none'", "images.mean has a value of the wrong kind"),
            ("size = [1, 1]", "unknown key 'size'"),
        ])
    func imageErrors(text: String, expected: String) {
        #expect(Self.failure(Self.folders + "[images]\n" + text) == "q.toml: \(expected)")
    }

    @Test("settings that say nothing of images are written as they were before there were any")
    func noImages() throws {
        let configuration = try Configuration(toml: Self.folders + "[images]\n", file: "q.toml")
        #expect(configuration.run == RunSettings())
        let json = String(decoding: try JSONEncoder().encode(configuration.run), as: UTF8.self)
        #expect(!json.contains("images"))
    }

    @Test("a model's own settings cannot move the daemon's folders")
    func modelSettingsAreFew() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("net.toml", "output = '/elsewhere'\n")
        let error = #expect(throws: ConfigurationError.self) {
            try ModelSettings(path, over: ModelSettings(Configuration(models: "/m", output: "/o", state: "/s")))
        }
        #expect(error?.description == "net.toml: unknown key 'output'")
    }

    @Test("folders of the daemon's own are made with those above them, and the watched one is not")
    func madeFolders() throws {
        let folder = try TemporaryFolder()
        let configuration = Configuration(
            models: folder.path.appending("models"), output: folder.path.appending("a/b/output"),
            state: folder.path.appending("a/state"))
        try configuration.makeFolders()
        try configuration.makeFolders()
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path.string).sorted()
        #expect(names == ["a", "a/b", "a/b/output", "a/state"])
    }

    @Test("a folder that cannot be made is named with its path and the system's reason")
    func impossibleFolder() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("file", "")
        let state = file.appending("state")
        let configuration = Configuration(models: folder.path, output: folder.path.appending("output"), state: state)
        let error = #expect(throws: ConfigurationError.self) { try configuration.makeFolders() }
        #expect(error?.description == "the state folder \(state) cannot be made: not a directory (errno 20)")
    }
}
