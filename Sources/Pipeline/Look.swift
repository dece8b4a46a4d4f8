import Assembling
import Settings
import Vocabulary

/// Something that a worker is to look at before there is a run.
enum Look: Sendable {
    /// Are all bytes there?
    case triple(Triple)
    /// May the model go without a table?
    case settings(ModelName, Triple.File)

    var model: ModelName {
        switch self {
        case .triple(let triple): triple.name
        case .settings(let model, _): model
        }
    }

    func isSettings(of model: ModelName) -> Bool {
        if case .settings(model, _) = self { true } else { false }
    }

    /// What the assembler is to hear.
    ///
    /// - Throws: `WorkerFailure`.
    func answer(by worker: WorkerProcess, base: ModelSettings) throws -> AssemblyEvent {
        switch self {
        case .triple(let triple):
            return .inspected(triple.name, triple, try worker.inspect(triple))
        case .settings(let model, let file):
            // Settings that cannot be read must not make the model wait for a table: its run fails and says why.
            let rule = try worker.settings(file, base: base)?.table ?? .optional
            return .tableOptional(model, rule == .optional)
        }
    }

    /// What it is to hear where no worker survives the look.
    func answer(despite message: String) -> AssemblyEvent {
        switch self {
        case .triple(let triple): .inspected(triple.name, triple, .broken(message))
        case .settings(let model, _): .tableOptional(model, true)
        }
    }
}
