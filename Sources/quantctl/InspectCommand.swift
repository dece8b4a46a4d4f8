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
              quantctl inspect net.param --format json
            """)

    @Argument(help: "The model's .param.", completion: .file(extensions: ["param"]))
    var param: String

    @Argument(help: "The model's .bin.", completion: .file(extensions: ["bin"]))
    var bin: String?

    @Option(help: "How the model is printed: table or json.")
    var format = OutputFormat.table

    func run() throws {
        let param = try QuantizeJob.readParam(FilePath(param))
        let model = try bin.map { try Model(param, bin: FileBytes(FilePath($0))) }
        let inspection = ModelInspection(param, layout: model?.layout)
        switch format {
        case .table: print(inspection.text)
        case .json: print(try Json.text(inspection))
        }
    }
}
