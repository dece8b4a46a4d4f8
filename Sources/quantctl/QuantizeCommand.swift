public import ArgumentParser
import Foundation
import ModelFormat
public import Quantizing
import SystemPackage
import Vocabulary
import Working

/// `quantctl quantize`: what `ncnn2int8` does, in its argument order, but it says what it did.
struct QuantizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quantize",
        abstract: "Quantizes a model to int8 without the daemon.",
        discussion: """
            Takes its arguments in the order of ncnn2int8. Nothing is written unless everything is right.

              quantctl quantize net.param net.bin net-int8.param net-int8.bin net.table
              quantctl quantize net.param net.bin out.param out.bin net.table --exclude 'head_*' --json
            """)

    @Argument(help: "The model's .param.", completion: .file(extensions: ["param"]))
    var inParam: String

    @Argument(help: "The model's .bin.", completion: .file(extensions: ["bin"]))
    var inBin: String

    @Argument(help: "Where the int8 .param goes.", completion: .file())
    var outParam: String

    @Argument(help: "Where the int8 .bin goes.", completion: .file())
    var outBin: String

    @Argument(
        help: "The calibration table. Without one only layers that need none become int8.",
        completion: .file(extensions: ["table"]))
    var table: String?

    @Option(help: "How float weights are stored: keep (byte for byte) or fp16 (as ncnn2int8 does).")
    var floatStorage = QuantizeSettings.FloatStorage.keep

    @Option(help: ArgumentHelp("Keep layers whose name fits this shell pattern in float.", valueName: "pattern"))
    var exclude: [String] = []

    @Option(help: ArgumentHelp("Keep layers of this type in float.", valueName: "type"))
    var excludeType: [String] = []

    @OptionGroup var output: OutputOptions

    func run() throws {
        let job = QuantizeJob(
            param: FilePath(inParam), bin: FilePath(inBin), table: table.map { FilePath($0) },
            settings: QuantizeSettings(floatStorage: floatStorage, exclude: exclude, excludeTypes: excludeType))
        let report = try job.replacing(param: FilePath(outParam), bin: FilePath(outBin))
        try output.show(QuantizationAnswer(report: report))
    }
}

extension QuantizeSettings.FloatStorage: ExpressibleByArgument {}
