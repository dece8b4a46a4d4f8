/// How a picture lies in its file. Cameras write pixels as their sensor lies, and in an EXIF block how they were held;
/// `cv::imread` turns the picture upright, and so do the tools of ncnn that are built with OpenCV.
struct Orientation: Hashable, Sendable {
    /// Whether rows and columns change places.
    let swapsAxes: Bool
    /// Whether the file's columns run from right to left in the upright picture.
    let reversesColumns: Bool
    /// Whether the file's rows run from bottom to top.
    let reversesRows: Bool

    static let upright = Orientation(swapsAxes: false, reversesColumns: false, reversesRows: false)

    /// By the number of the EXIF tag "Orientation", from 1 (EXIF 2.3, 4.6.4).
    private static let numbered = [
        upright,
        Orientation(swapsAxes: false, reversesColumns: true, reversesRows: false),
        Orientation(swapsAxes: false, reversesColumns: true, reversesRows: true),
        Orientation(swapsAxes: false, reversesColumns: false, reversesRows: true),
        Orientation(swapsAxes: true, reversesColumns: false, reversesRows: false),
        Orientation(swapsAxes: true, reversesColumns: false, reversesRows: true),
        Orientation(swapsAxes: true, reversesColumns: true, reversesRows: true),
        Orientation(swapsAxes: true, reversesColumns: true, reversesRows: false),
    ]
}

extension Orientation {
    /// What an EXIF block says, which is a TIFF header and a first directory of tags; upright where it says nothing that
    /// can be understood.
    init(exif block: some Sequence<UInt8>) {
        let block = Array(block)
        let number = Self.number(in: block) ?? 1
        self = Self.numbered.indices.contains(number - 1) ? Self.numbered[number - 1] : .upright
    }

    private static func number(in block: [UInt8]) -> Int? {
        let isLittle: Bool
        switch block.prefix(4) {
        case [0x49, 0x49, 42, 0]: isLittle = true
        case [0x4D, 0x4D, 0, 42]: isLittle = false
        default: return nil
        }
        func number(at place: Int, of size: Int) -> Int? {
            guard place >= 0, place <= block.count - size else { return nil }
            let bytes = block[place..<place + size]
            return isLittle ? bytes.reversed().reduce(0) { $0 << 8 | Int($1) } : bytes.reduce(0) { $0 << 8 | Int($1) }
        }
        guard let directory = number(at: 4, of: 4), let count = number(at: directory, of: 2) else { return nil }
        // An entry has twelve bytes: tag, type (3 is a short), count, value.
        for entry in stride(from: directory + 2, to: directory + 2 + 12 * count, by: 12) {
            guard let tag = number(at: entry, of: 2), let type = number(at: entry + 2, of: 2) else { return nil }
            if tag == 0x0112 { return type == 3 ? number(at: entry + 8, of: 2) : nil }
        }
        return nil
    }
}

extension Pixels {
    /// The picture as it is to be looked at.
    func turned(_ orientation: Orientation) -> Pixels {
        guard orientation != .upright else { return self }
        let (columns, rows) = orientation.swapsAxes ? (height, width) : (width, height)
        // Steps through the file's pixels for a step to the right and a step down in the upright picture.
        let alongColumns = orientation.reversesColumns ? -1 : 1
        let alongRows = orientation.reversesRows ? -width : width
        let (right, down) = orientation.swapsAxes ? (alongRows, alongColumns) : (alongColumns, alongRows)
        let start =
            (orientation.reversesColumns ? width - 1 : 0) + (orientation.reversesRows ? (height - 1) * width : 0)
        var turned = [UInt8](repeating: 0, count: bytes.count)
        bytes.withUnsafeBufferPointer { bytes in
            turned.withUnsafeMutableBufferPointer { turned in
                var target = 0
                for row in 0..<rows {
                    var source = (start + row * down) * channels
                    for _ in 0..<columns {
                        for channel in 0..<channels { turned[target + channel] = bytes[source + channel] }
                        target += channels
                        source += right * channels
                    }
                }
            }
        }
        return Pixels(width: columns, height: rows, channels: channels, bytes: turned)
    }
}
