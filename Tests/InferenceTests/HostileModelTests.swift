import Inference
import ModelFormat
import Numerics
import TestSupport
import Testing

/// Models with params that no exporter writes: each is refused or runs, and none traps or asks for all memory.
@Suite("params out of all bounds")
struct HostileModelTests {
    /// Values around every boundary that params have.
    static let values = [
        "0", "1", "-1", "2", "3", "-2", "5", "-233", "-234", "2147483647", "-2147483648", "20", "1e38", "-1e38",
        "1e-45", "0.5",
    ]

    @Test("no recorded model with one or two params changed can end the process", arguments: 0..<4 as Range<UInt64>)
    func changedParams(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var ran = 0
        var refused = 0
        for recorded in try OperatorCase.all.get() {
            let text = Self.changed(String(decoding: recorded.param, as: UTF8.self), &generator)
            do {
                let network = try Network(
                    ParamFile(Array(text.utf8), file: "case.param"), bin: MemoryBytes(recorded.bin, file: "case.bin"))
                _ = try network.run(recorded.inputs, wanting: recorded.outputs.map(\.blob))
                ran += 1
            } catch {
                #expect(!"\(error)".isEmpty)
                refused += 1
            }
        }
        // Both happen, or the changes are no test.
        #expect(ran > 20 && refused > 20, "\(ran) ran, \(refused) were refused")
    }

    /// The text with one or two of its values replaced, or with a param more.
    private static func changed(_ text: String, _ generator: inout SeededGenerator) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for _ in 0..<Int.random(in: 1...2, using: &generator) {
            guard let line = lines.indices.dropFirst(2).filter({ !lines[$0].isEmpty }).randomElement(using: &generator),
                let value = values.randomElement(using: &generator)
            else { continue }
            var words = lines[line].split(separator: " ").map(String.init)
            let params = words.indices.filter { words[$0].contains("=") && !words[$0].contains(",") }
            if let param = params.randomElement(using: &generator), Bool.random(using: &generator) {
                words[param] = words[param].prefix { $0 != "=" } + "=\(value)"
            } else {
                words.append("\(Int.random(in: 0...28, using: &generator))=\(value)")
            }
            lines[line] = words.joined(separator: " ")
        }
        return lines.joined(separator: "\n")
    }
}
