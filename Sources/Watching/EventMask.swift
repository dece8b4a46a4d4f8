import Glibc

/// The mask of an inotify event or watch, in the kernel's own bits.
struct EventMask: OptionSet, Hashable, Sendable {
    let rawValue: UInt32

    static let overflow = EventMask(rawValue: UInt32(IN_Q_OVERFLOW))

    /// What a set bit asks of us.
    enum Answer: Sendable {
        /// Look what stands at the named path now.
        case look
        /// The watched folder itself was moved: see whether it still stands where we think.
        case recheck
        /// The kernel has dropped the watch: forget it and look at its place.
        case forget
        /// Events were lost: list everything.
        case rescan
    }

    /// One bit: its meaning to us, and whether we have to ask for it.
    struct Row: Sendable {
        let bit: EventMask
        let answer: Answer
        let isAskedFor: Bool

        fileprivate init(_ bit: some BinaryInteger, _ answer: Answer, asked: Bool = true) {
            self.bit = EventMask(rawValue: UInt32(bit))
            self.answer = answer
            isAskedFor = asked
        }
    }

    /// All bits that mean something to us; inotify(7) says when each comes.
    ///
    /// Not asked for: IN_DELETE_SELF, since IN_IGNORED follows it, and IN_ACCESS, IN_OPEN and IN_CLOSE_NOWRITE, which
    /// change nothing. IN_CLOSE_WRITE alone would not do: `ln` gives only IN_CREATE, `mv` only IN_MOVED_TO, and a writer
    /// that never closes only IN_MODIFY. IN_ATTRIB also tells of a folder that became readable.
    static let rows: [Row] = [
        Row(IN_CREATE, .look),
        Row(IN_MODIFY, .look),
        Row(IN_CLOSE_WRITE, .look),
        Row(IN_ATTRIB, .look),
        Row(IN_MOVED_TO, .look),
        Row(IN_MOVED_FROM, .look),
        Row(IN_DELETE, .look),
        Row(IN_MOVE_SELF, .recheck),
        Row(IN_IGNORED, .forget, asked: false),
        Row(IN_UNMOUNT, .forget, asked: false),
        Row(IN_Q_OVERFLOW, .rescan, asked: false),
    ]

    /// What a watch asks the kernel for. Unlinked files that are still written to are no news (IN_EXCL_UNLINK).
    static let asked = rows.filter(\.isAskedFor).reduce(into: EventMask(rawValue: UInt32(IN_ONLYDIR | IN_EXCL_UNLINK)))
    {
        $0.formUnion($1.bit)
    }

    /// The answers that the set bits ask for.
    var answers: [Answer] {
        Self.rows.filter { contains($0.bit) }.map(\.answer)
    }
}
