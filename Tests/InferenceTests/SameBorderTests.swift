import Inference
import Numerics
import Testing

/// Convolutions whose stride is beyond their kernel on one axis, so that SAME asks for less than no border there; the
/// answers are the runtime's (1.0.20261020).
@Suite("SAME borders below zero")
struct SameBorderTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let params: String
        let height: Int
        let width: Int
        let top: (shape: [Int], values: [Float])

        var testDescription: String { "\(params) on \(height)×\(width)" }
    }

    static let cases = [
        Case(
            params: "1=1 11=3 3=3 13=1 4=-233", height: 6, width: 6,
            top: ([1, 6, 2], [28, 43, 60, 78, 96, 114, 132, 150, 168, 186, 90, 99])),
        Case(params: "1=1 11=3 3=2 13=2 4=-234", height: 4, width: 4, top: ([1, 2, 2], [22, 32, 68, 80])),
        Case(
            params: "1=3 11=1 3=2 13=2 4=-234", height: 6, width: 4, top: ([1, 3, 2], [8, 20, 48, 68, 88, 116])),
    ]

    @Test("elements are cut off where another axis has a border", arguments: cases)
    func cut(_ one: Case) throws {
        let model = TestModel(
            "Input in 0 1 in", "Convolution c 1 1 in out 0=1 6=3 \(one.params)"
        ).with([nil, 1, 2, 3])
        let count = one.height * one.width
        let bottom = try Tensor([1, one.height, one.width], (1...count).map(Float.init))
        let top = try #require(try model.network().run(["in": bottom])["out"])
        #expect(top.shape == one.top.shape)
        #expect(top.values == one.top.values)
    }
}
