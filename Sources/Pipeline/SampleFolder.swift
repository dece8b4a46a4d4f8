import Foundation
import Images
import ModelFormat
import SystemPackage
import Vocabulary

/// The folder of samples beside a model: `<name>.eval`.
enum SampleFolder {
    /// The folder of a triple; nil where there is none.
    static func path(for triple: Triple) -> FilePath? {
        var path = triple.param.path
        path.extension = "eval"
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path.string, isDirectory: &isFolder)
        return exists && isFolder.boolValue ? path : nil
    }

    /// A digest over the names and contents of the folder's arrays, images and labels.
    ///
    /// - Throws: `FormatError` where one cannot be read.
    static func digest(_ folder: FilePath) throws -> ArtifactDigest {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.string).filter {
            $0.hasSuffix(".npy") || ImageFolder.uses($0)
        }
        let lines = try names.sorted().map { name in
            "\(try ArtifactDigest(of: FileBytes(folder.appending(name))))  \(name)\n"
        }
        return ArtifactDigest(of: lines.joined())
    }
}
