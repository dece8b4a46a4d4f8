import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// One line on the terminal that is written over again and again; nothing where standard error is no terminal.
final class ProgressLine {
    private let isTerminal = isatty(2) == 1
    private var isShown = false

    /// Shows a text in place of the one before.
    func show(_ text: String) {
        isShown = true
        write("\r\(text)\u{1B}[K")
    }

    /// Takes the line away.
    func clear() {
        if isShown { write("\r\u{1B}[K") }
        isShown = false
    }

    private func write(_ text: String) {
        guard isTerminal else { return }
        FileHandle.standardError.write(Data(text.utf8))
    }
}
