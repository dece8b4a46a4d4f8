import Foundation
import ModelFormat
import Numerics
import Testing

@testable import Inference

@Suite("operators against the runtime's recorded outputs")
struct OperatorVectorTests {
    @Test("every recorded case comes out within its tolerance", arguments: try OperatorCase.all.get())
    func recordedCase(_ recorded: OperatorCase) throws {
        let network = try Network(
            ParamFile(recorded.param, file: "case.param"), bin: MemoryBytes(recorded.bin, file: "case.bin"))
        let found = try network.run(recorded.inputs, wanting: recorded.outputs.map(\.blob))
        for (blob, want) in recorded.outputs {
            let got = try #require(found[blob])
            #expect(got.shape == want.shape, "shape of \(blob)")
            guard got.shape == want.shape else { continue }
            let difference = Difference(got.values, want.values, tolerance: recorded.tolerance)
            #expect(difference == nil, "\(blob)")
        }
    }

    @Test("an operator has recorded cases, and recorded cases have an operator")
    func coverage() throws {
        let recorded = Set(try OperatorCase.all.get().map(\.type))
        // An Input is in nearly every case and has none of its own.
        let operators = Set(Operators.names).subtracting(["Input"])
        #expect(operators.subtracting(recorded).sorted() == [], "operators without recorded cases")
        #expect(recorded.subtracting(operators).sorted() == [], "recorded cases without an operator")
    }

    @Test("no operator stands in the table twice")
    func uniqueNames() {
        #expect(Set(Operators.names).count == Operators.names.count)
    }
}

/// The worst element of a tensor that lies outside the tolerance.
private struct Difference: CustomStringConvertible, Equatable {
    let description: String

    /// nil where every element is within the tolerance; an element that is not a number must be none in both.
    init?(_ got: [Float], _ want: [Float], tolerance: OperatorCase.Recorded.Tolerance) {
        var worst: (excess: Float, index: Int)?
        var count = 0
        for index in want.indices where got[index] != want[index] && !(got[index].isNaN && want[index].isNaN) {
            let excess = abs(got[index] - want[index]) - (tolerance.abs + tolerance.rel * abs(want[index]))
            if excess <= 0 { continue }
            count += 1
            // A NaN in one of them is worse than any number.
            if excess.isNaN || excess > worst?.excess ?? 0 { worst = (excess.isNaN ? .infinity : excess, index) }
        }
        guard let index = worst?.index else { return nil }
        description = "\(count) of \(want.count) outside, the worst at \(index): got \(got[index]), want \(want[index])"
    }
}
