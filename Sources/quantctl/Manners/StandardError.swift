import Foundation

/// What is said beside the answer: to people, never to the program that reads the answer.
enum StandardError {
    static func note(_ text: String) {
        FileHandle.standardError.write(Data("quantctl: \(text)\n".utf8))
    }
}
