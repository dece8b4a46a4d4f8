import Testing

@testable import Inference

@Suite("weights of a convolution in panels")
struct FilterPanelsTests {
    @Test(
        "are for tiles of four where they are few, of two where they are more, and as they are beyond that",
        arguments: [
            (16, 16, 4), (15, 16, nil), (16, 15, nil), (16, 4096, 4), (4096, 16, 4), (17, 3856, 2), (256, 257, 2),
            (1024, 1024, 2), (256, 4096, 2), (1025, 1024, nil), (16, 4097, nil), (4097, 16, nil), (16, 65_536, nil),
        ] as [(Int, Int, Int?)])
    func tile(_ inputs: Int, _ outputs: Int, _ places: Int?) throws {
        let filter = try Filter(
            outputs: outputs, weights: .float([Float](repeating: 0, count: inputs * outputs * 9)), bias: nil)
        let windows = [Window(), Window(kernel: 3), Window(kernel: 3)]
        #expect(FilterPanels.tile(for: filter, windows)?.places == places)
        #expect(FilterPanels.tile(for: filter, []) == nil)
    }
}
