/// Random numbers that are the same on every machine (SplitMix64, after Steele, Lea and Flood, "Fast splittable
/// pseudorandom number generators", 2014).
struct Noise {
    private var state: UInt64

    /// - Parameter stream: numbers of other streams of one seed do not hang together.
    init(seed: UInt64, stream: Int) {
        state = seed
        state = next() ^ UInt64(truncatingIfNeeded: stream)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A float from 0 to below 1, in steps of 2⁻²⁴, so that no rounding takes part.
    mutating func unit() -> Float {
        Float(next() >> 40) * 0x1p-24
    }

    /// A whole number from 0 to below the limit.
    mutating func index(below limit: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(max(1, limit))).high)
    }
}
