import CKernels

/// Pages of 2 MiB instead of 4 KiB, where the kernel has them to give.
public enum LargePages {
    /// Asks for large pages for memory that will be used as a whole.
    ///
    /// - Parameter memory: what of it fills no large page stays as it is.
    public static func prefer<Element>(for memory: UnsafeMutableBufferPointer<Element>) {
        quantd_prefer_large_pages(memory.baseAddress, memory.count * MemoryLayout<Element>.stride)
    }
}
