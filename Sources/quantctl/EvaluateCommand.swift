import ArgumentParser
import Evaluating
import Foundation
import Images
import LayerCatalogue
import Ledger
import ModelFormat
import Numerics
import Settings
import SystemPackage
import Working

/// `quantctl evaluate`: how far an int8 twin is from its float twin.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Runs a model and its int8 twin on the same inputs and says how far they are apart.",
        discussion: """
            The folder has <input blob>.npy of shape (N, …) for each input, and labels.npy (N) where the task's accuracy is \
            wanted too; or, for a model with one input, images (PNG, JPEG), and labels.txt with the name of an image and the \
            number of its class on each line. Images need --settings with a section such as

              [images]
              shape = [224, 224]
              pixel = "BGR"
              mean = [104.0, 117.0, 123.0]
              norm = [0.017, 0.017, 0.017]

            which are the arguments of ncnn2table. Without a folder seeded synthetic inputs are used. Exits with 1 where the \
            gate fails.

              quantctl evaluate net.param net.bin net-int8.param net-int8.bin --inputs net.eval
              quantctl evaluate net.param net.bin net-int8.param net-int8.bin --inputs photos --settings net.toml
              quantctl evaluate net.param net.bin net-int8.param net-int8.bin --json
            """)

    @Argument(help: "The float .param.", completion: .file(extensions: ["param"]))
    var floatParam: String

    @Argument(help: "The float .bin.", completion: .file(extensions: ["bin"]))
    var floatBin: String

    @Argument(help: "The int8 .param.", completion: .file(extensions: ["param"]))
    var int8Param: String

    @Argument(help: "The int8 .bin.", completion: .file(extensions: ["bin"]))
    var int8Bin: String

    @Option(help: ArgumentHelp("The folder of samples.", valueName: "folder"), completion: .directory)
    var inputs: String?

    @Option(
        help: ArgumentHelp(
            "A model's own settings (<name>.toml): its [images], [evaluate] and [gate] hold.", valueName: "file"),
        completion: .file(extensions: ["toml"]))
    var settings: String?

    @Option(help: "At most so many samples. (default: 1000)")
    var samples: Int?

    @Option(help: "At most so many seconds. (default: 120)")
    var seconds: Int?

    @Option(help: "How many threads may be used.")
    var threads = 1

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let samples, samples < 1 { throw ValidationError("--samples is \(samples), wanted at least 1") }
        if let seconds, seconds < 0 { throw ValidationError("--seconds is \(seconds), wanted 0 or more") }
        if !(1...1024).contains(threads) { throw ValidationError("--threads is \(threads), wanted 1 to 1024") }
    }

    func run() throws {
        FreedMemory.keep()
        let progress = ProgressLine()
        let run = try runSettings(over: RunSettings(evaluate: EvaluateSettings(seconds: 120)))
        let outcome = try TwinEvaluation(
            budget: EvaluationBudget(
                samples: samples ?? run.evaluate.samples,
                time: seconds.map { .seconds($0) } ?? .milliseconds(Int64(run.evaluate.seconds * 1000))),
            threads: threads
        ).run(
            float: QuantizeJob(param: FilePath(floatParam), bin: FilePath(floatBin), table: nil).openModel(),
            int8: QuantizeJob(param: FilePath(int8Param), bin: FilePath(int8Bin), table: nil).openModel(),
            folder: inputs.map { FilePath($0) }, images: run.images ?? ImageSettings()
        ) { progress.show("\($0.done) of \($0.total) samples") }
        progress.clear()
        let answer = EvaluationAnswer(outcome.report, gate: run.gate.judge(outcome.report), layers: outcome.twins)
        try output.show(answer)
        if answer.verdict == .failed { throw ExitCode.no }
    }

    /// What the file of `--settings` says, over what holds without one.
    private func runSettings(over base: RunSettings) throws -> RunSettings {
        try settings.map { try ModelSettings(FilePath($0), over: ModelSettings(run: base)).run } ?? base
    }
}
