import LayerCatalogue
import ModelFormat
import Quantizing
import Testing
import Vocabulary

/// What happens to a layer, and what is said of it.
@Suite struct DecisionTests {
    /// Two 1×1 convolutions with two weights each in a row, and these table rows.
    static func report(
        table: String?, weights: [Float] = [1, -0.5, 0.25, 1], settings: QuantizeSettings = QuantizeSettings()
    ) throws -> QuantizationReport {
        try write(table: table, weights: weights, settings: settings).report
    }

    static func write(
        table: String?, weights: [Float], settings: QuantizeSettings
    ) throws -> (report: QuantizationReport, param: String, bin: [UInt8]) {
        let param = """
            7767517
            3 3
            Input in 0 1 in
            Convolution a 1 1 in x 0=2 1=1 6=4
            Convolution b 1 1 x y 0=2 1=1 6=4

            """
        let layer = [UInt8](repeating: 0, count: 4) + weights.withUnsafeBytes { Array($0) }
        let model = try Model(
            try ParamFile(Array(param.utf8), file: "m.param"), bin: MemoryBytes(layer + layer, file: "m.bin"))
        let quantization = try Quantization(
            model, table: table.map { CalibrationTable(Array($0.utf8), file: "m.table") }, settings: settings)
        let sink = MemorySink()
        let twin = try quantization.write(bin: sink)
        return (twin.report, String(decoding: twin.param, as: UTF8.self), sink.bytes)
    }

    static let sound = "b_param_0 127 127\nb 10\n"

    @Test(
        "layer a stays float for the reason that the table gives, and layer b is int8 all the same",
        arguments: [
            ("", FloatReason.Code.notInTable, "m.table does not name it"),
            ("a_param_0 1 1\n", .noActivationRow, "m.table has no row 'a' for its input"),
            ("a 1\n", .noWeightRow, "m.table has no row 'a_param_0'"),
            ("a 1\na_param_0 1\n", .scaleCount, "m.table:4 has 1 scales for weight_data, wanted 2"),
            ("a 1 2\na_param_0 1 1\n", .scaleCount, "m.table:3 has 2 scales for its input, wanted 1"),
            ("a\na_param_0 1 1\n", .scaleCount, "m.table:3 has 0 scales for its input, wanted 1"),
            ("a 0\na_param_0 1 1\n", .badScale, "m.table:3 has '0.0' for a scale, wanted a number above 0"),
            ("a inf\na_param_0 1 1\n", .badScale, "m.table:3 has 'inf' for a scale, wanted a number above 0"),
            ("a -3\na_param_0 1 1\n", .badScale, "m.table:3 has '-3.0' for a scale, wanted a number above 0"),
            ("a x\na_param_0 1 1\n", .badScale, "m.table:3 has 'x' for a scale, wanted a number above 0"),
            ("a 1\na_param_0 1 nan\n", .badScale, "m.table:4 has 'nan' for scale 1, wanted a number above 0"),
            ("a 1\na_param_0 inf 1\n", .badScale, "m.table:4 has 'inf' for scale 0, wanted a number above 0"),
            ("a 1\na_param_0 0 1\n", .badScale, "m.table:4 has '0.0' for scale 0, wanted a number above 0"),
        ])
    func reasons(rows: String, code: FloatReason.Code, clause: String) throws {
        let report = try Self.report(table: Self.sound + rows)
        #expect(report.layers[1].decision == .float(FloatReason(code, clause)))
        #expect(report.layers[2].decision == .int8)
    }

    @Test("without a table convolutions stay float and say why")
    func noTable() throws {
        let report = try Self.report(table: nil)
        #expect(report.layers[1].decision == .float(FloatReason(.noTable, "there is no calibration table")))
        #expect(report.int8Layers == 0)
    }

    @Test("a table that names no layer of the model is refused", arguments: ["", "\n# nothing\n", "ghost 1\n"])
    func foreign(table: String) {
        let error = #expect(throws: FormatError.self) { try Self.report(table: table) }
        #expect(error?.description.hasPrefix("m.table: names no layer of m.param: it has ") == true)
    }

    @Test("excluded layers stay float, by pattern and by type")
    func excluded() throws {
        let table = Self.sound + "a_param_0 1 1\na 1\n"
        let pattern = try Self.report(table: table, settings: QuantizeSettings(exclude: ["[a]*"]))
        #expect(pattern.layers.map(\.decision.word) == ["float", "float", "int8"])
        #expect(pattern.layers[1].decision.reason == FloatReason(.excluded, "the settings exclude '[a]*'"))
        let type = try Self.report(table: table, settings: QuantizeSettings(excludeTypes: ["Convolution"]))
        #expect(type.int8Layers == 0)
    }

    @Test("a dead channel gets scale 1 for an unusable one, and is reported", arguments: ["inf", "0"])
    func deadChannel(scale: String) throws {
        let report = try Self.report(table: "b 1\nb_param_0 \(scale) 127\n", weights: [0, -0.0, 0.25, 1])
        #expect(report.layers[2].decision == .int8)
        #expect(report.layers[2].weightScales == 1...127)
        #expect(report.layers[2].deadChannels == 1)
        #expect(report.layers[2].notes == ["1 of 2 rows of weight_data are all zero"])
    }

    @Test("a word that is no number is named, whatever stands before it for a dead channel")
    func wordBehindDeadChannel() throws {
        let report = try Self.report(table: "b 1\nb_param_0 inf abc\n", weights: [0, 0, 0.25, 1])
        #expect(
            report.layers[2].decision.reason
                == FloatReason(.badScale, "m.table:2 has 'abc' for scale 1, wanted a number above 0"))
    }

    @Test("a NaN or infinite weight keeps its layer float", arguments: [Float.nan, .infinity, -.infinity])
    func nonFinite(weight: Float) throws {
        let report = try Self.report(table: Self.sound, weights: [1, 1, 1, weight])
        #expect(
            report.layers[2].decision.reason
                == FloatReason(.nonFiniteWeight, "weight_data holds 1 NaN or infinite values, the first in row 1"))
    }

    @Test("neighbouring int8 convolutions are fused, the text gets the terms and the file the scales")
    func fused() throws {
        let table = Self.sound + "a_param_0 127 127\na 5\n"
        let twin = try Self.write(table: table, weights: [1, -0.5, 0.25, 1], settings: QuantizeSettings())
        #expect(twin.param.contains("Convolution a 1 1 in x 0=2 1=1 6=4 8=102\n"))
        #expect(twin.param.contains("Convolution b 1 1 x y 0=2 1=1 6=4 8=2\n"))
        #expect(twin.report.layers[1].topScale == 10)
        let first = [UInt8]([0x38, 0x4B, 0x0D, 0x00]) + [127, UInt8(bitPattern: -64), 32, 127]
        #expect(Array(twin.bin.prefix(8)) == first)
        let scales = twin.bin[8..<24].withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        #expect(scales == [127, 127, 5, 10])
    }

    @Test("rows that are replaced or name nothing are noted")
    func notes() throws {
        let report = try Self.report(table: "ghost 1\nb 1\n" + Self.sound)
        #expect(
            report.notes == [
                "m.table:2: row 'b' is replaced by a later one", "m.table:1: row 'ghost' names no layer of m.param",
            ])
    }

    @Test("fp16 storage keeps a layer fp32 where a value would become infinite, and says so")
    func overflow() throws {
        let report = try Self.report(
            table: nil, weights: [65520, 1, 1, 1], settings: QuantizeSettings(floatStorage: .fp16))
        #expect(report.layers[1].storageAfter == "fp32")
        #expect(
            report.layers[1].notes == ["weight_data reaches 65520.0, beyond fp16's 65504: the layer keeps its fp32"])
        let fits = try Self.report(
            table: nil, weights: [65519, 1, 1, 1], settings: QuantizeSettings(floatStorage: .fp16))
        #expect(fits.layers[1].storageAfter == "fp16")
    }

    @Test("a matrix with negative extents is refused, though their product is above zero")
    func negativeExtents() throws {
        let param = "7767517\n2 2\nInput in 0 1 in\nGemm g 1 1 in x 5=1 8=-2 9=-3\n"
        let model = try Model(
            ParamFile(Array(param.utf8), file: "m.param"),
            bin: MemoryBytes([UInt8](repeating: 0, count: 28), file: "m.bin"))
        let error = #expect(throws: FormatError.self) { try Quantization(model, table: nil) }
        #expect(
            error?.description
                == "m.param:4: layer g: B_data is a matrix of -3 × -2, wanted extents above 0")
    }

    @Test("rows for what a layer does not have are noted")
    func uselessRows() throws {
        let report = try Self.report(table: Self.sound + "b_param_7 1\nin 4\n")
        #expect(report.notes == ["m.table:3: row 'b_param_7' is not used", "m.table:4: row 'in' is not used"])
    }

    @Test("static scales that the table lacks are computed from the weights, and noted")
    func computedScales() throws {
        let golden = GoldenCase("recurrent-partial-table")
        let layer = try #require(try golden.twin().report.layers.first { $0.name == "gru2" })
        #expect(layer.decision == .int8)
        #expect(
            layer.notes == ["scales of weight_hc_data are computed from the weights, the table has no row for them"])
    }
}
