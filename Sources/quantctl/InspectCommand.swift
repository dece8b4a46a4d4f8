import ArgumentParser
import LayerCatalogue
import ModelFormat
import SystemPackage
import Working

/// `quantctl inspect`: what is in a model.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Shows a model: layers, params by name, weights, and what could become int8.",
        discussion: """
              quantctl inspect net.param net.bin
              quantctl inspect net.param --json
            """)

    @Argument(help: "The model's .param.", completion: .file(extensions: ["param"]))
    var param: String

    @Argument(help: "The model's .bin.", completion: .file(extensions: ["bin"]))
    var bin: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        let param = try QuantizeJob.readParam(FilePath(param))
        let model = try bin.map { try Model(param, bin: FileBytes(FilePath($0))) }
        try output.show(ModelInspection(param, layout: model?.layout))
    }
}
