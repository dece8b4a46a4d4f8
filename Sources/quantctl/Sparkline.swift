/// A small curve made of letters.
enum Sparkline {
    private static let levels = Array("▁▂▃▄▅▆▇█")

    /// A letter for each value, from the lowest to the highest of them; a blank where there is none.
    static func text(_ values: [Double?]) -> String {
        let known = values.compactMap(\.self).filter(\.isFinite)
        guard let low = known.min(), let high = known.max() else { return String(repeating: " ", count: values.count) }
        return String(
            values.map { value in
                guard let value, value.isFinite else { return " " }
                guard high > low else { return levels[3] }
                return levels[min(levels.count - 1, Int((value - low) / (high - low) * Double(levels.count)))]
            })
    }
}
