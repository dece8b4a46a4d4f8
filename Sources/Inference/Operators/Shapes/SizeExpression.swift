import Glibc
import Numerics

/// A list of sizes that are computed from the extents of bottoms, such as `*(0w,2),//(1h,4),-1`.
///
/// Functions stand before their arguments and `0w` is the w of the first bottom; each takes a fixed number of arguments, so
/// brackets and commas only part the words (ncnn src/expression.cpp at a4d2ea1d).
struct SizeExpression: Sendable {
    /// What the words of an expression can be.
    private enum Word: Sendable {
        case number(ExpressionNumber)
        case extent(bottom: Int, @Sendable (Tensor) -> Int)
        case function(ExpressionFunction)
    }

    private let text: String
    private let words: [Word]

    /// The extents by name. A batch, `n`, is always one tensor here, and an empty blob has extents of 0.
    private static let extents: [Character: @Sendable (Tensor) -> Int] = [
        "w": { $0.isEmpty ? 0 : $0.width },
        "h": { $0.isEmpty ? 0 : $0.height },
        "d": { $0.isEmpty ? 0 : $0.depth },
        "c": { $0.isEmpty ? 0 : $0.channels },
        "n": { _ in 1 },
    ]

    /// - Throws: `Misfit` where a word means nothing.
    init(_ text: String) throws {
        self.text = text
        words = try text.split(whereSeparator: "(),".contains).map { word in
            if let function = ExpressionFunction.named[String(word)] { return .function(function) }
            if word.count == 2, let bottom = word.first?.wholeNumberValue, let extent = Self.extents[word.last ?? " "] {
                return .extent(bottom: bottom, extent)
            }
            guard let number = ExpressionNumber(word) else { throw Misfit("cannot read \(word) in expression \(text)") }
            return .number(number)
        }
    }

    /// Whether it has no words.
    var isEmpty: Bool { words.isEmpty }

    /// The sizes in the order of the text, floats cut towards zero.
    ///
    /// - Throws: `Misfit` where arguments or bottoms are missing, or a number is beyond 32 bits.
    func sizes(_ bottoms: [Tensor]) throws -> [Int] {
        var stack: [ExpressionNumber] = []
        func pop() throws -> ExpressionNumber {
            guard let number = stack.popLast() else { throw Misfit("expression \(text) lacks arguments") }
            return number
        }
        for word in words.reversed() {
            switch word {
            case .number(let number): stack.append(number)
            case .extent(let bottom, let extent): stack.append(.whole(extent(try bottoms.bottom(bottom))))
            case .function(.unary(let function)): stack.append(try function(try pop()))
            case .function(.binary(let function)): stack.append(try function(try pop(), try pop()))
            }
        }
        return try stack.reversed().map { try $0.truncated }
    }
}
