import ModelFormat
import TestSupport
import Testing

@testable import Images

@Suite("a folder of images")
struct ImageFolderTests {
    static func folder(_ names: [String] = ["b.png", "a.JPG", "c d.jpeg"], labels: String? = nil) throws
        -> TemporaryFolder
    {
        let folder = try TemporaryFolder()
        for name in names { try folder.write(name, "") }
        if let labels { try folder.write(ImageFolder.labelsName, labels) }
        return folder
    }

    @Test("lists images by their endings, in order, and names what else is there")
    func listed() throws {
        let place = try Self.folder([
            "b.png", "a.JPG", "c d.jpeg", ".hidden.png", "notes.md", "png", "x.png.part", "labels.txt",
        ])
        let folder = try ImageFolder(place.path)
        #expect(folder.images == ["a.JPG", "b.png", "c d.jpeg"])
        #expect(folder.others == ["notes.md", "png", "x.png.part"])
    }

    @Test("that is not there is an error with its name")
    func missing() throws {
        let place = try TemporaryFolder()
        let error = try #require(throws: FormatError.self) { try ImageFolder(place.path.appending("net.eval")) }
        #expect(error.description == "net.eval: cannot be listed: no such file or directory")
    }

    @Test("without labels has no classes")
    func unlabelled() throws {
        let place = try Self.folder()
        #expect(try ImageFolder(place.path).labels() == nil)
    }

    @Test("gives the classes in the order of the images, whatever that of the lines is")
    func labels() throws {
        let place = try Self.folder(labels: "c d.jpeg 3\r\n\n  b.png\t0\na.JPG   12  ")
        #expect(try ImageFolder(place.path).labels() == [12, 0, 3])
    }

    static let faults: [(String, String)] = [
        ("a.JPG 1\nb.png\n", "labels.txt:2: is 'b.png', wanted the name of an image and the number of its class"),
        ("a.JPG cat\n", "labels.txt:1: is 'a.JPG cat', wanted the name of an image and the number of its class"),
        ("a.JPG -1\n", "labels.txt:1: is 'a.JPG -1', wanted the name of an image and the number of its class"),
        (
            "a.JPG 99999999999\n",
            "labels.txt:1: is 'a.JPG 99999999999', wanted the name of an image and the number of its class"
        ),
        ("7\n", "labels.txt:1: is '7', wanted the name of an image and the number of its class"),
        ("a.JPG 1\nz.png 2\n", "labels.txt:2: there is no image 'z.png'"),
        ("a.JPG 1\na.JPG 1\n", "labels.txt:2: 'a.JPG' has a class already"),
        ("a.JPG 1\nb.png 2\n", "labels.txt: has no class for 'c d.jpeg' (images: 3, classes: 2)"),
        ("", "labels.txt: has no class for 'a.JPG' (images: 3, classes: 0)"),
    ]

    @Test("with labels that are none is refused with the line", arguments: faults)
    func faultyLabels(_ text: String, _ wanted: String) throws {
        let place = try Self.folder(labels: text)
        let folder = try ImageFolder(place.path)
        #expect(try #require(throws: FormatError.self) { try folder.labels() }.description == wanted)
    }
}
