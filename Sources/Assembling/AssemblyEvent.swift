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

/// What reading the bytes of a triple showed.
public enum Inspection: Hashable, Sendable {
    /// The `.bin` is what the `.param` says, to the byte.
    case whole
    /// The `.bin` is still being copied: so many bytes are there of so many wanted. Where `exact` is false the count
    /// wanted takes the missing arrays for stored like those that are there.
    case short(found: Int64, wanted: Int64, exact: Bool)
    /// More bytes will not mend it; the reason is a lower-case clause.
    case broken(String)
    /// A file changed while it was being read.
    case changed
}
