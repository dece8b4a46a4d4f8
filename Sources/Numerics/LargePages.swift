import CKernels

/// Pages of 2 MiB instead of 4 KiB, where the kernel has them to give.
public enum LargePages {
    /// Asks for large pages for memory that will be used as a whole.
    ///
    /// - Parameter memory: what of it fills no large page stays as it is.
    public static func prefer<Element>(for memory: UnsafeMutableBufferPointer<Element>) {
        quantd_prefer_large_pages(memory.baseAddress, memory.count * MemoryLayout<Element>.stride)
    }

    /// Asks for them at the end of the heap, where the layers of a network find memory if what is freed is kept: what is written
    /// from layer to layer has more small pages than the processor keeps addresses of.
    public static func preferForLayers() {
        quantd_prefer_large_pages_at_end()
    }
}
