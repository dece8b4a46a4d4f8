import Images
import ModelFormat

/// Any bytes as an image, with alpha and without: refused with a clause, or a tensor of the shape that was asked for.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzImage(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let four = [Double](repeating: 1, count: 4)
    let whole = ImageSettings(shape: [11, 3], pixel: .rgba, mean: four, norm: four)
    let middle = ImageSettings(shape: [5, 7], pixel: .gray, mean: [0], norm: [1], crop: 0.5)
    guard let whole = try? ImageReader(whole), let middle = try? ImageReader(middle) else {
        preconditionFailure("the settings do not fit")
    }
    guard let colours = try? whole.tensor(decoding: bytes, file: "fuzz") else { return 0 }
    precondition(colours.shape == [4, 3, 11])
    guard let gray = try? middle.tensor(decoding: bytes, file: "fuzz") else {
        preconditionFailure("what can be read with alpha cannot without")
    }
    precondition(gray.shape == [1, 7, 5])
    return 0
}
