public import Vocabulary

/// What the shell is to do next. Each action carries all that it needs.
public enum AssemblyAction: Hashable, Sendable {
    /// Read a model's own settings, which are new or have changed, and answer with `AssemblyEvent.settingsRead`.
    case readSettings(ModelName, Triple.File)
    /// Read the triple's bytes and answer with `AssemblyEvent.inspected`.
    case inspect(Triple)
    /// Start a run and say `AssemblyEvent.finished` when it has ended.
    case start(Triple)
    /// Record a run that failed for this reason. The assembler counts it as ended; no answer is awaited.
    case refuse(Triple, String)
}
