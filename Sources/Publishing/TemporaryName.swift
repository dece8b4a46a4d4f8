/// The hidden names under which things of ours lie until they are finished: `.17.tmp-0123456789abcdef`.
///
/// The form is strict, so that a sweep takes no one else's file for ours.
enum TemporaryName {
    private static let separator = ".tmp-"
    private static let digits = 16

    /// A fresh temporary name for something that will be called `name`.
    static func fresh(for name: String) -> String {
        let random = String(UInt64.random(in: .min ... .max), radix: 16)
        return "." + name + separator + String(repeating: "0", count: digits - random.count) + random
    }

    /// Was this name made by `fresh`, for a run or for `latest`?
    static func matches(_ name: String) -> Bool {
        guard name.hasPrefix("."), let end = name.firstRange(of: separator) else { return false }
        let stem = name[..<end.lowerBound].dropFirst()
        let random = name[end.upperBound...]
        return (stem == ModelFolder.latest || ModelFolder.runNumber(String(stem)) != nil)
            && random.utf8.count == digits && random.allSatisfy { $0.isHexDigit && !$0.isUppercase && $0.isASCII }
    }
}
