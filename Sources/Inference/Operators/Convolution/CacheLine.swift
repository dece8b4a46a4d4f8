/// A line of the cache; what crosses the end of one takes two of them.
enum CacheLine {
    /// How many floats it has.
    static let floats = 16
}

extension UnsafeMutablePointer<Float> {
    /// The first number from here on that begins a line of the cache; fewer numbers than it has lie before.
    var atLine: Self {
        let behind = Int(bitPattern: self) / MemoryLayout<Float>.stride % CacheLine.floats
        return behind == 0 ? self : self + (CacheLine.floats - behind)
    }
}
