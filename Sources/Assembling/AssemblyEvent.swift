public import SystemPackage
public import Vocabulary

/// What the shell tells the `Assembler`: what stands in the watched folder, and what came of the assembler's actions.
public enum AssemblyEvent: Hashable, Sendable {
    /// A file stands at this path in this state. Said again without a change it changes nothing.
    case seen(FilePath, FileIdentity)
    /// No file stands at this path any more.
    case gone(FilePath)
    /// This folder is gone, and everything below it.
    case folderGone(FilePath)
    /// A full listing begins. Said twice, the later one counts.
    case scanning
    /// The listing ended: files that were not `seen` since `scanning` are gone.
    case scanned

    /// The answer to `AssemblyAction.inspect`. An answer about files that have changed since is dropped.
    case inspected(ModelName, Triple, Inspection)
    /// The run that `AssemblyAction.start` asked for has ended, however it ended.
    case finished(ModelName)
    /// Someone wants the model to run again although its files have not changed.
    case retry(ModelName)
    /// These files already have an ended run, from before the daemon started. Of several for one model the last counts.
    case known(ModelName, Triple)
    /// Whether this model goes on without a table; nil returns it to the setting for all.
    case tableOptional(ModelName, Bool?)
}
