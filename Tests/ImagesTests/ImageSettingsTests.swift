import Testing

@testable import Images

@Suite("settings of images")
struct ImageSettingsTests {
    static let whole = ImageSettings(shape: [224, 224], pixel: .bgr, mean: [104, 117, 123], norm: [1, 1, 1])

    static func changed(_ change: (inout ImageSettings) -> Void) -> ImageSettings {
        var settings = whole
        change(&settings)
        return settings
    }

    struct Misfit: Sendable, CustomTestStringConvertible {
        let settings: ImageSettings
        let clause: String

        var testDescription: String { clause }
    }

    static let misfits = [
        Misfit(settings: changed { $0.shape = [224] }, clause: "images.shape is [224], wanted width and height"),
        Misfit(
            settings: changed { $0.shape = [224, 0] },
            clause: "images.shape is [224, 0], wanted a width and a height of 1 to 16384, or two zeros"),
        Misfit(
            settings: changed { $0.shape = [-1, .max] },
            clause: "images.shape is [-1, 9223372036854775807], wanted a width and a height of 1 to 16384, or two zeros"
        ),
        Misfit(
            settings: changed { $0.shape = [16384, 16384] },
            clause: "images.shape is [16384, 16384], images have up to 67108864 pixels"),
        Misfit(
            settings: changed { $0.shape = [224, 224, 1] },
            clause: "images.shape ends in 1, wanted the 3 channels of bgr"),
        Misfit(settings: changed { $0.pixel = .gray }, clause: "images.mean has length 3, wanted 1 for gray"),
        Misfit(settings: changed { $0.norm = [1, 1] }, clause: "images.norm has length 2, wanted 3 for bgr"),
        Misfit(
            settings: changed { $0.mean = [0, .nan, 0] }, clause: "images.mean has nan, wanted -1000000 to 1000000"),
        Misfit(
            settings: changed { $0.norm = [1, 1, -.infinity] },
            clause: "images.norm has -inf, wanted -1000000 to 1000000"),
        Misfit(settings: changed { $0.crop = 0 }, clause: "images.crop is 0.0, wanted more than 0, and 1 at most"),
        Misfit(settings: changed { $0.crop = .nan }, clause: "images.crop is nan, wanted more than 0, and 1 at most"),
        Misfit(
            settings: changed { ($0.shape, $0.crop) = ([0, 0], 0.5) },
            clause: "images.crop is 0.5, and images.shape is [0, 0]: without a size nothing is cropped"),
    ]

    @Test("that do not fit are refused with key, wanted and found", arguments: misfits)
    func misfit(_ one: Misfit) {
        #expect(one.settings.misfit == one.clause)
        #expect(throws: ImageSettingsError.self) { try ImageReader(one.settings) }
    }

    @Test("that lack keys name them")
    func missing() throws {
        let clause =
            "images need shape, pixel, mean and norm in [images] of the model's settings (.toml, --settings), missing: "
        #expect(throws: ImageSettingsError(clause + "shape, pixel, mean, norm")) { try ImageReader(ImageSettings()) }
        #expect(throws: ImageSettingsError(clause + "mean")) { try ImageReader(Self.changed { $0.mean = nil }) }
    }

    @Test("that fit give a reader of their shape, with or without the channels beside width and height")
    func fit() throws {
        #expect(try ImageReader(Self.changed { $0.shape = [20, 10] }).shape == [3, 10, 20])
        #expect(try ImageReader(Self.changed { $0.shape = [20, 10, 3] }).shape == [3, 10, 20])
        #expect(try ImageReader(Self.changed { $0.shape = [0, 0] }).shape == nil)
    }
}
