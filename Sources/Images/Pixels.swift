/// Pixels of eight bits a channel, row by row from the upper left: R, G, B, and A where there are four channels.
struct Pixels: Hashable, Sendable {
    let width: Int
    let height: Int
    /// 3 or 4.
    let channels: Int
    /// `width * height * channels` of them.
    let bytes: [UInt8]

    /// The most pixels a picture may have, so that a damaged header cannot ask for all memory.
    static let most = 1 << 26

    /// The longest that a side may be, since decoders keep whole rows.
    static let longestSide = 1 << 20
}
