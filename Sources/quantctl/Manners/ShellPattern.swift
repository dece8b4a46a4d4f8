#if canImport(Glibc)
    import Glibc
#endif

/// A pattern as the shell has it: `*`, `?` and `[…]`.
struct ShellPattern: Hashable, Sendable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    func fits(_ name: String) -> Bool {
        fnmatch(text, name, 0) == 0
    }
}
