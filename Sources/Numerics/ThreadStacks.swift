import CKernels

/// The stacks of threads.
///
/// A limit of memory counts a stack as a whole, and by default it has 8 MiB: eight cores would have used up 64 MiB before they
/// have computed anything.
public enum ThreadStacks {
    /// Gives threads that are started from now on smaller ones.
    ///
    /// - Parameter bytes: of each; a kernel takes 16 KiB at most.
    public static func bound(bytes: Int = 1 << 20) {
        quantd_bound_stacks(bytes)
    }
}
