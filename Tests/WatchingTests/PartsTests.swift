import Glibc
import SystemPackage
import Testing

@testable import Watching

@Suite("Raw events")
struct InotifyEventTests {
    /// A record as inotify(7) lays it out.
    private func record(watch: Int32, mask: Int32, name: String = "", padding: Int = 0) -> [UInt8] {
        let text = Array(name.utf8) + [UInt8](repeating: 0, count: padding)
        return [UInt32(bitPattern: watch), UInt32(bitPattern: mask), 7, UInt32(text.count)].flatMap { field in
            withUnsafeBytes(of: field, Array.init)
        } + text
    }

    private func decode(_ bytes: [UInt8]) -> [InotifyEvent] {
        bytes.withUnsafeBytes(InotifyEvent.decode)
    }

    @Test("records are decoded in order, names without their padding")
    func decodes() {
        let bytes =
            record(watch: 1, mask: IN_CREATE, name: "a.bin", padding: 11) + record(watch: 2, mask: IN_MOVE_SELF)
            + record(watch: -1, mask: IN_Q_OVERFLOW) + record(watch: 3, mask: IN_DELETE, name: "full")
        #expect(
            decode(bytes) == [
                InotifyEvent(watch: 1, mask: EventMask(rawValue: UInt32(IN_CREATE)), name: Array("a.bin".utf8)),
                InotifyEvent(watch: 2, mask: EventMask(rawValue: UInt32(IN_MOVE_SELF)), name: []),
                InotifyEvent(watch: -1, mask: .overflow, name: []),
                InotifyEvent(watch: 3, mask: EventMask(rawValue: UInt32(IN_DELETE)), name: Array("full".utf8)),
            ])
    }

    @Test("a buffer cut off anywhere gives the whole records before the cut")
    func truncated() {
        let first = record(watch: 1, mask: IN_CREATE, name: "a.bin", padding: 3)
        let both = first + record(watch: 2, mask: IN_DELETE, name: "b", padding: 7)
        for length in 0..<both.count {
            #expect(decode(Array(both[..<length])).count == (length < first.count ? 0 : 1), "cut at \(length)")
        }
        #expect(decode(both).count == 2)
    }

    @Test("a name length that the buffer cannot hold ends the decoding", arguments: [9, 1 << 20, UInt32.max])
    func hostileLength(length: UInt32) {
        var bytes = record(watch: 1, mask: IN_CREATE, name: "12345678")
        bytes.replaceSubrange(12..<16, with: withUnsafeBytes(of: length, Array.init))
        #expect(decode(bytes).isEmpty)
    }

    @Test("a name ends at its first zero byte, whatever follows")
    func padding() {
        #expect(decode(record(watch: 1, mask: IN_CREATE, name: "a\0b")).map(\.name) == [Array("a".utf8)])
        #expect(decode(record(watch: 1, mask: IN_CREATE, padding: 16)).map(\.name) == [[]])
    }

    @Test("each bit of the table has one row, and the kernel is asked for no bit that only it may set")
    func table() {
        #expect(Set(EventMask.rows.map(\.bit)).count == EventMask.rows.count)
        #expect(EventMask.rows.allSatisfy { $0.bit.rawValue.nonzeroBitCount == 1 })
        #expect(EventMask.asked.rawValue & UInt32(IN_IGNORED | IN_Q_OVERFLOW | IN_UNMOUNT | IN_ISDIR) == 0)
        #expect(EventMask.asked.rawValue & UInt32(IN_ONLYDIR) != 0)
        #expect(EventMask(rawValue: UInt32(IN_CREATE | IN_ISDIR)).answers == [.look])
        #expect(EventMask.overflow.answers == [.rescan])
    }
}

@Suite("Parts of the watcher")
struct PartsTests {
    @Test("names of unfinished files are ignored, and names that only look like them are not")
    func ignoredNames() {
        let ignored: [FilePath.Component] = [
            ".hidden", "a.tmp", "a.part", "a.partial", "a.crdownload", "a~", "a.swp", "#1234", "a.bin.part",
        ]
        let reported: [FilePath.Component] = [
            "a.bin", "a.tmp.bin", "partial", "tmp", "#", "#12a", "a.parts", "~a", "-",
        ]
        #expect(ignored.allSatisfy(IgnoredNames.contains))
        #expect(!reported.contains(where: IgnoredNames.contains))
    }

    @Test(
        "a file system is remote by its type, and an unknown or ill-written one is local",
        arguments: [
            ("36 35 0:50 / /mnt rw,noatime shared:1 master:2 - nfs4 host:/x rw", "nfs4"),
            ("36 35 0:50 / /mnt rw - fuse.sshfs host:/x rw", "fuse.sshfs"),
            ("36 35 0:50 /a\\040b /mnt rw - cifs //h/x rw", "cifs"),
            ("36 35 0:50 / /mnt rw - ext4 /dev/x rw", nil),
            ("36 35 0:50 / /mnt rw - fuseblk /dev/x rw", nil),
            ("36 35 0:51 / /mnt rw - nfs4 host:/x rw", nil),
            ("36 35 0:50 / /mnt rw nfs4 host:/x rw", nil),
            ("36 35 0:50 / /mnt rw -", nil),
            ("- nfs4\n\n -", nil),
            ("", nil),
        ] as [(String, String?)])
    func mounts(text: String, type: String?) {
        #expect(Mounts(text).remoteType(of: 50) == type)
    }

    @Test("device numbers are split as the kernel prints them")
    func devices() {
        // makedev(0xABCDE, 0x12345) after glibc's bits/sysmacros.h: 0x000A_B000_1234_... by parts.
        let device: UInt64 =
            (0xABCDE & 0xFFF) << 8 | (0xABCDE & ~0xFFF) << 32 | 0x12345 & 0xFF | (0x12345 & ~0xFF) << 12
        let mounts = Mounts("36 35 \(0xABCDE):\(0x12345) / /mnt rw - nfs host:/x rw")
        #expect(mounts.remoteType(of: device) == "nfs")
    }

    @Test("the mounts of this machine can be read, and its root has one")
    func currentMounts() {
        #expect(Mounts.current() != Mounts(""))
    }

    @Test("the reason for polling says what to do about it")
    func messages() {
        #expect(
            WatchMode.polling(.watchLimit(folders: 8192)).description
                == "polling, since the user's inotify watches ran out after 8192 folders; "
                + "raise sysctl fs.inotify.max_user_watches")
        #expect("\(PollingReason.instanceLimit)".contains("fs.inotify.max_user_instances"))
        #expect(
            "\(WatchMode.rootMissing(.noSuchFileOrDirectory))"
                == "waiting for the watched folder (No such file or directory)")
    }

    @Test("a removed folder takes its subtree with it and leaves its neighbour of a longer name")
    func tree() {
        var tree = FolderTree()
        let identity = FolderIdentity(device: 1, inode: 1)
        tree.insertRoot(1, path: "/r", identity: identity)
        tree.insert(2, in: 1, name: "a", identity: identity)
        tree.insert(3, in: 2, name: "b", identity: identity)
        tree.insert(4, in: 1, name: "ab", identity: identity)
        tree.insert(5, in: 77, name: "nowhere", identity: identity)
        #expect(tree[3]?.path == "/r/a/b")
        #expect(tree.remove(2).sorted() == [2, 3])
        #expect(tree[1]?.children == ["ab": 4])
        #expect(tree.count == 2)
        #expect(tree.remove(2) == [])
        #expect(tree.remove(1).sorted() == [1, 4])
        #expect(tree.root == nil)
    }
}

@Suite("The queue of reports")
struct ReportQueueTests {
    @Test("a full queue has no room, and wakes its writer once when the reader has made some")
    func room() async {
        let (wakes, wake) = AsyncStream<Void>.makeStream()
        let queue = ReportQueue(capacity: 2) { wake.yield() }
        #expect(queue.hasRoom())
        queue.put([.scanning])
        #expect(queue.hasRoom())
        queue.put([.scanned, .missedEvents])
        #expect(!queue.hasRoom())
        #expect(await queue.take() == [.scanning, .scanned, .missedEvents])
        #expect(queue.hasRoom())
        queue.put([.scanning])
        #expect(await queue.take() == [.scanning])
        wake.finish()
        var count = 0
        for await _ in wakes { count += 1 }
        #expect(count == 1)
    }

    @Test("a reader that came first gets what is put later, and every reader is let go at the end")
    func readers() async {
        let queue = ReportQueue(capacity: 2) {}
        async let first = queue.take()
        async let second = queue.take()
        queue.put([])
        queue.put([.scanning])
        queue.finish()
        queue.put([.scanned])
        let answers = await [first, second]
        #expect(answers.filter { $0 == nil }.count == 1)
        #expect(answers.contains([.scanning]))
        #expect(await queue.take() == nil)
    }
}
