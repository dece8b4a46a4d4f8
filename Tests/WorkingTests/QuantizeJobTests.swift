import Quantizing
import TestSupport
import Testing
import Vocabulary
import Working

@Suite struct QuantizeJobTests {
    @Test("a file that is written anew and is shorter then ends where its bytes end", arguments: [1, Float.nan])
    func anew(weight: Float) throws {
        let folder = try TemporaryFolder()
        let param = try folder.write(
            "m.param", "7767517\n2 2\nInput in 0 1 in\nConvolution c 1 1 in out 0=1 1=1 6=1\n")
        let bin = try folder.write("m.bin", [UInt8](repeating: 0, count: 4) + withUnsafeBytes(of: weight) { Array($0) })
        let table = try folder.write("m.table", "c_param_0 127\nc 10\n")
        let (outParam, outBin) = (folder.path.appending("o.param"), folder.path.appending("o.bin"))
        let report = try QuantizeJob(param: param, bin: bin, table: table).run(param: outParam, bin: outBin)
        // A tag, a byte of int8 filled up to a word, and two scales; or the input as it is.
        #expect(report.bytesAfter == (weight.isNaN ? 8 : 16))
        let written = try Fixtures.bytes(outBin)
        #expect(written.count == report.bytesAfter)
        if weight.isNaN {
            #expect(written == (try Fixtures.bytes(bin)))
            #expect(try Fixtures.bytes(outParam) == Fixtures.bytes(param))
        }
    }
}
