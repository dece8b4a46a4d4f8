import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// What an answer for people is written on.
struct Page: Hashable, Sendable {
    /// The cells of a line; nil where lines may be as long as they like.
    var width: Int?
    var isColoured: Bool

    /// Paper without an edge: a file, a pipe.
    static let plain = Page(width: nil, isColoured: false)

    /// The page that a terminal is: as wide as it is, coloured unless someone said no.
    ///
    /// - Parameters:
    ///   - size: of the terminal; nil where there is none.
    ///   - isCut: whether lines are to fit.
    init(terminal size: TerminalSize?, isCut: Bool, environment: [String: String]) {
        width = isCut ? size?.columns : nil
        // no-color.org: whatever its value, unless it is empty.
        let isRefused = !environment["NO_COLOR", default: ""].isEmpty
        let kind = environment["TERM", default: ""]
        isColoured = size != nil && !isRefused && !kind.isEmpty && kind != "dumb"
    }

    private init(width: Int?, isColoured: Bool) {
        self.width = width
        self.isColoured = isColoured
    }
}

/// How much a terminal shows.
struct TerminalSize: Hashable, Sendable {
    let columns: Int
    let rows: Int

    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }

    /// The size of the terminal behind a descriptor; nil where there is none. A terminal that does not know its size, as
    /// on a serial line, has 80 columns and 24 rows.
    init?(of descriptor: CInt) {
        guard isatty(descriptor) == 1 else { return nil }
        var size = winsize()
        let isKnown = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0
        columns = isKnown && size.ws_col > 0 ? Int(size.ws_col) : 80
        rows = isKnown && size.ws_row > 0 ? Int(size.ws_row) : 24
    }
}
