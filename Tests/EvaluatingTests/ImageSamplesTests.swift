import Images
import Inference
import ModelFormat
import Numerics
import SystemPackage
import TestSupport
import Testing

@testable import Evaluating

extension GoldenModel {
    /// What the digits models want done to images: gray levels from 0 to 16 over 16.
    static let digitSettings = ImageSettings(shape: [8, 8], pixel: .gray, mean: [0], norm: [0.0625])

    /// The held-out digits as an `.eval` folder of PNG files.
    func imageFolder() throws -> TemporaryFolder {
        let source = Fixtures.golden(name)
        let values = try NpyFile(FileBytes(source.appending("eval-x.npy")), limit: 1 << 24).floats
        let labels = try NpyFile(FileBytes(source.appending("eval-y.npy")), limit: 1 << 24).integers ?? []
        let folder = try TemporaryFolder()
        for index in labels.indices {
            let pixels = values[index * 64..<(index + 1) * 64].map { UInt8($0 * 16) }
            try folder.write("digits.eval/digit \(1000 + index).png", GrayPng.bytes(width: 8, pixels))
        }
        let lines = labels.enumerated().map { "digit \(1000 + $0.offset).png \($0.element)\n" }
        try folder.write("digits.eval/labels.txt", lines.reversed().joined())
        return folder
    }
}

@Suite("samples that are images")
struct ImageSamplesTests {
    static let oneInput = ["Input a 0 1 a 0=8 1=8 2=1", "ReLU r 1 1 a out0"]

    /// A folder with a gray picture under each of these names.
    static func folder(_ names: [String]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for name in names { try folder.write("net.eval/\(name)", GrayPng.bytes(width: 8, Array(0..<64))) }
        return folder
    }

    static func error(
        _ folder: TemporaryFolder, _ lines: [String] = oneInput, _ settings: ImageSettings = GoldenModel.digitSettings
    ) throws -> String {
        let network = try network(lines)
        return try #require(throws: EvaluationError.self) {
            try Samples(folder: folder.path.appending("net.eval"), for: network, images: settings)
        }.description
    }

    @Test("a trained network gives the same figures for PNG files as for the array they were made from")
    func digits() throws {
        let golden = try GoldenModel("digits-cnn")
        let (arrays, images) = (try golden.evalFolder(), try golden.imageFolder())
        let evaluation = TwinEvaluation(budget: EvaluationBudget(time: .seconds(600), layerSamples: 1))
        let int8 = try golden.int8()
        let wanted = try evaluation.run(float: golden.float, int8: int8, folder: arrays.eval).report
        let found = try evaluation.run(
            float: golden.float, int8: int8, folder: images.eval, images: GoldenModel.digitSettings
        ).report
        #expect(wanted.metric("top1")?.float == 353.0 / 360)
        #expect(found == wanted)
    }

    @Test("come with their labels, every one once, and the first of them from all over the folder")
    func order() throws {
        let folder = try TemporaryFolder()
        for index in 0..<100 {
            try folder.write("net.eval/\(100 + index).png", GrayPng.bytes(width: 1, [UInt8(index)]))
        }
        try folder.write("net.eval/labels.txt", (0..<100).map { "\(100 + $0).png \($0)\n" }.joined())
        let settings = ImageSettings(shape: [0, 0], pixel: .gray, mean: [0], norm: [1])
        let samples = try Samples(
            folder: folder.path.appending("net.eval"), for: network(["Input a 0 1 a", "ReLU r 1 1 a out0"]),
            images: settings)
        #expect(samples.dataset == "net.eval")
        #expect(samples.notes.isEmpty)
        let labels = try #require(samples.labels)
        #expect(Set(labels) == Set(0..<100))
        for (index, label) in labels.enumerated() {
            #expect(try samples.sample(index) == ["a": Tensor([1, 1, 1], [Float(label)])])
        }
        #expect(Set(labels.prefix(5).map { $0 / 20 }).count == 5)
    }

    @Test("without settings are refused with the keys that are wanted")
    func noSettings() throws {
        let folder = try Self.folder(["a.png"])
        let clause = "images need shape, pixel, mean and norm in [images] of the model's settings (.toml, --settings)"
        #expect(
            try Self.error(folder, Self.oneInput, ImageSettings(shape: [8, 8]))
                == "net.eval: \(clause), missing: pixel, mean, norm")
    }

    @Test(
        "beside arrays are refused",
        arguments: [
            ("a.npy", "has images (a.png) and arrays (a.npy), wanted one of the two"),
            ("labels.npy", "has images and labels.npy: the classes of images are read from labels.txt"),
        ])
    func both(_ array: String, _ clause: String) throws {
        let folder = try Self.folder(["a.png", array])
        #expect(try Self.error(folder) == "net.eval: \(clause)")
    }

    @Test("and arrays both missing are refused")
    func neither() throws {
        let folder = try Self.folder(["cat/a.png"])
        #expect(
            try Self.error(folder) == "net.eval: has neither images (PNG, JPEG) nor arrays (<input blob>.npy)")
    }

    @Test("for a model with several inputs are refused")
    func inputs() throws {
        let folder = try Self.folder(["a.png"])
        #expect(
            try Self.error(folder, SamplesTests.twoInputs)
                == "net.eval: has images, which serve a model with one input: this one has 2")
    }

    @Test("of another shape than the model names are refused with both, before any is read")
    func shape() throws {
        let folder = try Self.folder(["a.png"])
        var settings = GoldenModel.digitSettings
        settings.shape = [16, 8]
        #expect(
            try Self.error(folder, Self.oneInput, settings)
                == "net.eval: images.shape and images.pixel make [1, 8, 16] of an image, the model's input is [1, 8, 8]"
        )
        settings.shape = [0, 0]
        try folder.write("net.eval/a.png", GrayPng.bytes(width: 4, [UInt8](repeating: 0, count: 20)))
        let samples = try Samples(
            folder: folder.path.appending("net.eval"), for: network(Self.oneInput), images: settings)
        let error = try #require(throws: EvaluationError.self) { try samples.sample(0) }
        #expect(error.description == "a.png: has the shape [1, 5, 4], the model's input is [1, 8, 8]")
    }

    @Test("that are damaged are named, and so are labels that are none")
    func damaged() throws {
        let folder = try Self.folder(["a.png", "b.png"])
        try folder.write("net.eval/b.png", "no picture")
        let samples = try Samples(
            folder: folder.path.appending("net.eval"), for: network(Self.oneInput), images: GoldenModel.digitSettings)
        #expect(try samples.sample(0)["a"]?.shape == [1, 8, 8])
        let error = try #require(throws: EvaluationError.self) { try samples.sample(1) }
        #expect(error.description == "b.png: is neither PNG nor JPEG, it begins with bytes 6e 6f 20 70")
        try folder.write("net.eval/labels.txt", "a.png 1\n")
        #expect(try Self.error(folder) == "labels.txt: has no class for 'b.png' (images: 2, classes: 1)")
    }

    @Test("beside other files are used, and the others noted")
    func notes() throws {
        let folder = try Self.folder(["a.png", "b.webp", "c.gif", ".hidden"])
        let samples = try Samples(
            folder: folder.path.appending("net.eval"), for: network(Self.oneInput), images: GoldenModel.digitSettings)
        #expect(samples.count == 1)
        #expect(
            samples.notes
                == ["b.webp and 1 more in net.eval are neither PNG nor JPEG and not used"])
    }
}
