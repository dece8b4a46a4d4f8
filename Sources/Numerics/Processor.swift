import CKernels

/// What a program may tell the processor.
public enum Processor {
    /// Says that this thread looks at memory until it changes, so that the core may rest for some cycles or serve another thread.
    public static func relax() { quantd_relax() }
}
