import Foundation
import SystemPackage

/// What the process was started with, read once.
enum ProcessEnvironment {
    static let values = ProcessInfo.processInfo.environment
    static let folder = FilePath(FileManager.default.currentDirectoryPath)
}
