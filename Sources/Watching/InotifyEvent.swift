/// One event as the kernel wrote it.
struct InotifyEvent: Hashable, Sendable {
    /// The watch it belongs to; -1 for an overflow.
    let watch: Int32
    let mask: EventMask
    /// The bytes of the name below the watched folder; none where the event is about the folder itself.
    let name: [UInt8]

    /// Decodes what one `read` returned. A record that the buffer does not hold whole is left out, and nothing after it
    /// can be found; the kernel never writes one.
    ///
    /// The layout is `struct inotify_event` of inotify(7): watch, mask, cookie and name length, four bytes each, then
    /// the name, padded with zero bytes to its length.
    static func decode(_ buffer: UnsafeRawBufferPointer) -> [InotifyEvent] {
        var events: [InotifyEvent] = []
        var rest = buffer[...]
        while let event = next(&rest) {
            events.append(event)
        }
        return events
    }

    private static let headerSize = 16

    private static func next(_ rest: inout Slice<UnsafeRawBufferPointer>) -> InotifyEvent? {
        let bytes = UnsafeRawBufferPointer(rebasing: rest)
        guard bytes.count >= headerSize else { return nil }
        let nameLength = Int(bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
        guard bytes.count - headerSize >= nameLength else { return nil }
        rest = rest.dropFirst(headerSize + nameLength)
        return InotifyEvent(
            watch: bytes.loadUnaligned(fromByteOffset: 0, as: Int32.self),
            mask: EventMask(rawValue: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)),
            name: Array(bytes[headerSize..<headerSize + nameLength].prefix { $0 != 0 }))
    }
}
