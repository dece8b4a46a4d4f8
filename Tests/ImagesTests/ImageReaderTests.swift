import Foundation
import ModelFormat
import Numerics
import SystemPackage
import TestSupport
import Testing

@testable import Images

@Suite("images as a model takes them")
struct ImageReaderTests {
    /// One result of the runtime's.
    struct Recorded: Decodable, Sendable, CustomTestStringConvertible {
        let image: String
        let shape: [Int]
        let pixel: PixelType
        let mean: [Double]
        let norm: [Double]
        let crop: Double?
        let tensor: String

        var settings: ImageSettings { ImageSettings(shape: shape, pixel: pixel, mean: mean, norm: norm, crop: crop) }
        var testDescription: String {
            "\(image) to \(shape) \(pixel.rawValue) \(crop.map { "cropped to \($0)" } ?? "")"
        }

        static let all: [Recorded] = {
            let content = try? ImageFixtures.bytes("tensors", "cases.json")
            return content.flatMap { try? JSONDecoder().decode([Recorded].self, from: Data($0)) } ?? []
        }()
    }

    @Test("there are recorded results")
    func recordedResults() {
        #expect(Recorded.all.count == 22)
    }

    @Test("are what ncnn's runtime makes of the same file, to the bit", arguments: Recorded.all)
    func recorded(_ one: Recorded) throws {
        let reader = try ImageReader(one.settings)
        let tensor = try reader.tensor(ImageFixtures.folder.appending("decoded").appending(one.image))
        let recorded = try ImageFixtures.npy("tensors", one.tensor)
        #expect(tensor.shape == recorded.shape)
        #expect(try tensor.floats() == recorded.floats)
        #expect(reader.shape == (one.shape == [0, 0] ? nil : recorded.shape))
    }

    @Test("stretched far and squeezed far keep one colour what it is", arguments: [1, 2, 3, 7, 64, 500])
    func oneColour(_ extent: Int) {
        for value: UInt8 in [0, 1, 127, 254, 255] {
            let pixels = Pixels(
                width: extent, height: 3, channels: 3, bytes: [UInt8](repeating: value, count: extent * 9))
            for (width, height) in [(1, 1), (17, 5), (300, 2)] {
                let resized = pixels.resized(pixels.region((width, height), nil), width: width, height: height)
                #expect(resized.bytes == [UInt8](repeating: value, count: width * height * 3))
            }
        }
    }

    struct Crop: Sendable, CustomTestStringConvertible {
        let size: [Int]
        let part: Double
        let region: Region

        var testDescription: String { "\(part) of 500×375 to \(size)" }
    }

    @Test(
        "are cropped around their middle",
        arguments: [
            // 224 of 256 of the short side, as classification networks are tested.
            Crop(size: [224, 224], part: 0.875, region: Region(x: 86, y: 23, width: 328, height: 328)),
            Crop(size: [224, 224], part: 1, region: Region(x: 62, y: 0, width: 375, height: 375)),
            Crop(size: [100, 200], part: 1, region: Region(x: 156, y: 0, width: 188, height: 375)),
            Crop(size: [200, 100], part: 1, region: Region(x: 0, y: 62, width: 500, height: 250)),
            Crop(size: [100, 100], part: 1e-9, region: Region(x: 249, y: 187, width: 1, height: 1)),
        ])
    func crop(_ one: Crop) {
        let pixels = Pixels(width: 500, height: 375, channels: 3, bytes: [])
        #expect(pixels.region((one.size[0], one.size[1]), one.part) == one.region)
    }
}
