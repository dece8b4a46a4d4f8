import CKernels

/// What becomes of memory that is freed.
///
/// A network frees and asks for the same megabytes layer after layer. By default the C library hands large pieces back to the
/// kernel, which has to clear them again for the next layer; that took a third of a small network's time.
public enum FreedMemory {
    /// Keeps freed memory for whoever asks next, up to a limit.
    ///
    /// - Parameter bytes: the most that is kept at the end of the heap.
    public static func keep(bytes: Int32 = 256 << 20) {
        quantd_keep_freed(bytes)
    }

    /// Hands what was kept back to the kernel.
    public static func handBack() {
        quantd_hand_back_freed()
    }
}
