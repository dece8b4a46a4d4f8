import SystemPackage

/// Names of files and folders that are not reported: hidden ones, and work in progress under a name that will change.
enum IgnoredNames {
    private static let endings = [".tmp", ".part", ".partial", ".crdownload", "~", ".swp"]

    static func contains(_ name: FilePath.Component) -> Bool {
        let text = name.string
        return text.hasPrefix(".") || endings.contains { text.hasSuffix($0) } || isUnnamed(text)
    }

    /// The kernel reports a file opened with O_TMPFILE under `#` and its inode number.
    private static func isUnnamed(_ text: String) -> Bool {
        text.first == "#" && text.count > 1 && text.dropFirst().allSatisfy { $0.isASCII && $0.isNumber }
    }
}
