import FoundationEssentials
public import ModelFormat
public import SystemPackage

/// A folder of images, perhaps with the class of each in `labels.txt`.
public struct ImageFolder: Sendable {
    public let path: FilePath
    /// The names of the images, in order.
    public let images: [String]
    /// The names of all other files, in order; hidden ones are none of them.
    public let others: [String]

    /// The file with the classes: on each line the name of an image and the number of its class.
    public static let labelsName = "labels.txt"

    /// Lists a folder. What is an image is told by the ending, `.png`, `.jpg` or `.jpeg` in small or large letters.
    ///
    /// - Throws: `FormatError` where it cannot be listed.
    public init(_ path: FilePath) throws(FormatError) {
        let names: [String]
        do {
            // What FileManager throws has no words for the reason.
            try FileDescriptor.open(path, .readOnly, options: [.directory, .closeOnExec]).close()
            names = try FileManager.default.contentsOfDirectory(atPath: path.string)
        } catch {
            let code = error as? Errno
            let reason = code.map { ": \(String(describing: $0).lowercased())" } ?? ""
            throw FormatError(
                file: path.lastComponent?.string ?? path.string, .whole, "cannot be listed\(reason)", code: code)
        }
        self.path = path
        images = names.filter(Self.isImage).sorted()
        others = names.filter { !$0.hasPrefix(".") && !Self.uses($0) }.sorted()
    }

    /// Whether a file of this name decides what is read from its folder.
    public static func uses(_ name: String) -> Bool {
        isImage(name) || name == labelsName
    }

    private static func isImage(_ name: String) -> Bool {
        let name = name.lowercased()
        return !name.hasPrefix(".") && ImageFormat.all.flatMap(\.endings).contains { name.hasSuffix(".\($0)") }
    }

    /// The class of each image, in the order of `images`; nil where there is no `labels.txt`.
    ///
    /// - Throws: `FormatError` with the line where one is none, or names no image or one twice, and where an image has
    ///   no line.
    public func labels() throws(FormatError) -> [Int]? {
        let place = path.appending(Self.labelsName)
        guard FileManager.default.fileExists(atPath: place.string) else { return nil }
        let content = try FileBytes.contents(of: place, limit: 1 << 28)
        let wanted = Set(images)
        var classes: [String: Int] = [:]
        for (index, line) in content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
        {
            guard let label = try Label(line, at: .line(index + 1)) else { continue }
            guard wanted.contains(label.image) else {
                throw FormatError(file: Self.labelsName, .line(index + 1), "there is no image '\(label.image)'")
            }
            guard classes.updateValue(label.number, forKey: label.image) == nil else {
                throw FormatError(file: Self.labelsName, .line(index + 1), "'\(label.image)' has a class already")
            }
        }
        if let image = images.first(where: { classes[$0] == nil }) {
            let clause = "has no class for '\(image)' (images: \(images.count), classes: \(classes.count))"
            throw FormatError(file: Self.labelsName, .whole, clause)
        }
        return images.compactMap { classes[$0] }
    }
}

/// A line of `labels.txt`.
private struct Label {
    let image: String
    let number: Int

    /// Nil for an empty line. The class is the last word; names may have spaces.
    init?(_ line: some Sequence<UInt8>, at place: FormatError.Place) throws(FormatError) {
        let text = String(decoding: Array(line), as: UTF8.self).trimmed
        guard !text.isEmpty else { return nil }
        let end = text.lastIndex(where: \.isWhitespace)
        let word = end.map { text[text.index(after: $0)...] } ?? text
        guard let end, let number = Int(word), (0...Int(Int32.max)).contains(number) else {
            throw FormatError(
                file: ImageFolder.labelsName, place,
                "is '\(text)', wanted the name of an image and the number of its class")
        }
        image = String(text[..<end].trimmed)
        self.number = number
    }
}

extension StringProtocol where SubSequence == Substring {
    /// Without white space at both ends.
    fileprivate var trimmed: Substring {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return self[first...last]
    }
}
