/// The cubic convolution of Keys with a = -0.75, as ncnn's resizing layers have it.
enum Cubic {
    /// The weights of the element before, the one at, and the two behind a place between elements.
    ///
    /// - Parameter fraction: how far the place is behind its element.
    static func weights(_ fraction: Float) -> [Float] {
        let a: Float = -0.75
        func near(_ x: Float) -> Float { (a + 2) * x * x * x - (a + 3) * x * x + 1 }
        let x = fraction + 1
        let first = a * x * x * x - 5 * a * x * x + 8 * a * x - 4 * a
        let (second, third) = (near(fraction), near(1 - fraction))
        return [first, second, third, 1 - first - second - third]
    }
}

extension Float {
    /// The next whole number below, as C has it on x86: what does not fit into 32 bits becomes the least such number.
    var floorIndex: Int {
        Int(Int32(exactly: rounded(.down)) ?? .min)
    }
}
