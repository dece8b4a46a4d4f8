/// A convolution's input as a matrix (im2col): a row for every channel and kernel element, a column for every place of
/// the window.
///
/// Words are copied, not numbers, so that floats and 32-bit integers share the code.
struct Unfolding {
    /// Depth, height and width of the input.
    let extents: [Int]
    /// The windows on them, with their borders.
    let windows: [Window]
    /// How many places they have.
    let places: [Int]

    init(extents: [Int], windows: [Window]) throws {
        self.extents = extents
        self.windows = windows
        self.places = try zip(windows, extents).map { try $0.places(on: $1) }
    }

    /// Elements of one input channel.
    var plane: Int { extents[0] * extents[1] * extents[2] }

    /// Places of the window in all.
    var placeCount: Int { places[0] * places[1] * places[2] }

    /// Whether the matrix is the input itself.
    var isIdentity: Bool { windows.allSatisfy(\.isTrivial) }

    /// Writes the columns of some places, row after row.
    ///
    /// - Parameters:
    ///   - range: places, counted along width first.
    ///   - input: channels of `plane` words each.
    ///   - border: the word that stands outside the input.
    func write(
        _ range: Range<Int>, of input: UnsafePointer<UInt32>, channels: Int, border: UInt32,
        to matrix: UnsafeMutablePointer<UInt32>
    ) {
        var row = matrix
        for channel in 0..<channels {
            let words = input + channel * plane
            for z in 0..<windows[0].kernel {
                for y in 0..<windows[1].kernel {
                    for x in 0..<windows[2].kernel {
                        writeRow(range, of: words, element: (z, y, x), border: border, to: row)
                        row += range.count
                    }
                }
            }
        }
    }

    private func writeRow(
        _ range: Range<Int>, of words: UnsafePointer<UInt32>, element: (z: Int, y: Int, x: Int), border: UInt32,
        to row: UnsafeMutablePointer<UInt32>
    ) {
        // Taken out of their arrays once: this runs for every row of the matrix.
        let (depth, height, width) = (extents[0], extents[1], extents[2])
        let (rows, columns) = (places[1], places[2])
        let (zStart, yStart) = (
            coordinate(0, place: 0, element: element.z), coordinate(1, place: 0, element: element.y)
        )
        let xStart = coordinate(2, place: 0, element: element.x)
        let (zStep, yStep, xStep) = (windows[0].stride, windows[1].stride, windows[2].stride)
        let end = range.upperBound
        var place = range.lowerBound
        var out = row
        while place < end {
            let line = place / columns
            let first = place - line * columns
            let count = columns - first < end - place ? columns - first : end - place
            let z = zStart + line / rows * zStep
            let y = yStart + line % rows * yStep
            if z >= 0, z < depth, y >= 0, y < height {
                Self.copy(
                    words + (z * height + y) * width, width, from: xStart + first * xStep, step: xStep,
                    border: border, to: out, count: count)
            } else {
                Self.fill(out, with: border, count: count)
            }
            place += count
            out += count
        }
    }

    /// Where in the input a kernel element lies for a place of the window.
    func coordinate(_ axis: Int, place: Int, element: Int) -> Int {
        place * windows[axis].stride + element * windows[axis].dilation - windows[axis].before
    }

    /// Copies every `step`th word of a line from `start` on, which may lie outside.
    private static func copy(
        _ line: UnsafePointer<UInt32>, _ width: Int, from start: Int, step: Int, border: UInt32,
        to out: UnsafeMutablePointer<UInt32>, count: Int
    ) {
        var x = start
        var index = 0
        while index < count {
            out[index] = x >= 0 && x < width ? line[x] : border
            x &+= step
            index &+= 1
        }
    }

    private static func fill(_ out: UnsafeMutablePointer<UInt32>, with word: UInt32, count: Int) {
        var index = 0
        while index < count {
            out[index] = word
            index &+= 1
        }
    }
}
