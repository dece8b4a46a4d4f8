import ArgumentParser
import Evaluating
import Foundation
import LayerCatalogue
import Ledger
import ModelFormat
import Pipeline
import SystemPackage

/// `quantctl evaluate`: how far an int8 twin is from its float twin.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Runs a model and its int8 twin on the same inputs and says how far they are apart.",
        discussion: """
            The folder has <input blob>.npy of shape (N, …) for each input, and labels.npy (N) where the task's accuracy is \
            wanted too. Without a folder seeded synthetic inputs are used. Exits with 1 where the default gate fails.

              quantctl evaluate net.param net.bin net-int8.param net-int8.bin --inputs net.eval
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

    @Option(help: "At most so many samples.")
    var samples = 1000

    @Option(help: "At most so many seconds.")
    var seconds = 120

    @Option(help: "How many threads may be used.")
    var threads = 1

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if samples < 1 { throw ValidationError("--samples is \(samples), wanted at least 1") }
        if seconds < 0 { throw ValidationError("--seconds is \(seconds), wanted 0 or more") }
        if !(1...1024).contains(threads) { throw ValidationError("--threads is \(threads), wanted 1 to 1024") }
    }

    func run() throws {
        let progress = ProgressLine()
        let outcome = try TwinEvaluation(
            budget: EvaluationBudget(samples: samples, time: .seconds(seconds)), threads: threads
        ).run(
            float: QuantizeJob(param: FilePath(floatParam), bin: FilePath(floatBin), table: nil).openModel(),
            int8: QuantizeJob(param: FilePath(int8Param), bin: FilePath(int8Bin), table: nil).openModel(),
            folder: inputs.map { FilePath($0) }
        ) { progress.show("\($0.done) of \($0.total) samples") }
        progress.clear()
        let answer = EvaluationAnswer(outcome.report, gate: Gate().judge(outcome.report), layers: outcome.twins)
        try output.show(answer)
        if answer.verdict == .failed { throw ExitCode.no }
    }
}
