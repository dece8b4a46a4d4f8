import Numerics
import TestSupport
import Testing

/// The fast products must say what the reference says, to the bit.
@Suite("products of matrices in panels")
struct ProductKernelsTests {
    /// The fast kernels of every set of instructions that the machine has, each beside its reference.
    static let pairs = InstructionSet.present.map { (name: "\($0)", ProductKernels($0), ProductKernels.reference($0)) }

    /// Extents around every boundary: six and twelve rows and one more, four, eight, sixteen and thirty-two columns, the blocks of 96 rows
    /// and of 256 steps (512 or 1024 of bytes), the panels whose rows stand in lanes together, the four panels that a single row
    /// meets at a time, and words that are not full.
    static let extents: [ProductExtents] = {
        var all: [ProductExtents] = []
        for rows in [1, 2, 3, 4, 5, 6, 7, 12, 13] {
            for columns in [1, 2, 3, 4, 5, 8, 9, 15, 16, 17, 31, 33] {
                for depth in [1, 2, 3, 5] { all.append(ProductExtents(rows: rows, columns: columns, depth: depth)) }
            }
        }
        for depth in [4, 6, 7, 255, 256, 257, 511, 512, 513, 1023, 1024, 1025] {
            all.append(ProductExtents(rows: 7, columns: 17, depth: depth))
        }
        for rows in [95, 96, 97] { all.append(ProductExtents(rows: rows, columns: 9, depth: 258)) }
        for rows in [24, 36, 71, 72, 97, 98, 103, 193] {
            for columns in 17...20 { all.append(ProductExtents(rows: rows, columns: columns, depth: 3)) }
        }
        for (rows, columns) in [(72, 17), (36, 18), (24, 20), (97, 17), (103, 19)] {
            for depth in [257, 513, 1025] { all.append(ProductExtents(rows: rows, columns: columns, depth: depth)) }
        }
        for columns in [63, 64, 65, 80] {
            for depth in [3, 257] { all.append(ProductExtents(rows: 1, columns: columns, depth: depth)) }
        }
        all.append(ProductExtents(rows: 1, columns: 65, depth: 1025))
        return all
    }()

    static let activations: [SumActivation] = [.none, .relu, .leaky(slope: 0.25), .clip(low: -0.5, high: 1.5)]

    /// Numbers of a matrix, some of them large, small, zero or none.
    static func floats(_ count: Int, seed: UInt64) -> [Float] {
        var generator = SeededGenerator(seed: seed)
        let traps: [Float] = [0, -0.0, 1e20, -1e20, 1e-30, .infinity, .nan]
        return (0..<count).map { index in
            index % 97 == 96 ? traps[index / 97 % traps.count] : .random(in: -2...2, using: &generator)
        }
    }

    static func bytes(_ count: Int, seed: UInt64) -> [Int8] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { index in
            index % 5 == 0 ? (index % 2 == 0 ? -128 : 127) : .random(in: -128...127, using: &generator)
        }
    }

    /// The product of float matrices, the right one lying as it does in a file, with a margin that must stay as it is.
    static func product(_ kernels: ProductKernels, _ extents: ProductExtents, start: Int, _ activation: SumActivation)
        -> [Float]
    {
        let (rows, columns, depth) = (extents.rows, extents.columns, extents.depth)
        let left = floats(rows * depth, seed: 1).withUnsafeBufferPointer {
            Panels(.left, .rows(rows, of: depth), of: $0, kernels: kernels)
        }
        let right = floats(columns * depth, seed: 2).withUnsafeBufferPointer {
            Panels(.right, .columns(columns, of: depth), of: $0, kernels: kernels)
        }
        let numbers = floats(max(rows, columns), seed: 3)
        var out = [Float](repeating: 99, count: rows * (columns + 3))
        left.withPanels { left in
            right.withPanels { right in
                numbers.withUnsafeBufferPointer { numbers in
                    guard let first = numbers.baseAddress else { return }
                    let starts: [ProductStart] = [.zero, .ofRow(first), .ofColumn(first)]
                    kernels.multiplyFloat(left, right, extents, starts[start], activation, &out, columns + 3)
                }
            }
        }
        return out
    }

    @Test("a float product is that of the reference, wherever its panels and blocks end", arguments: 0...2)
    func floatProduct(_ start: Int) {
        for (index, extents) in Self.extents.enumerated() {
            let activation = Self.activations[index % Self.activations.count]
            for (name, fast, reference) in Self.pairs {
                let got = Self.product(fast, extents, start: start, activation)
                let want = Self.product(reference, extents, start: start, activation)
                let isSame = zip(got, want).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
                #expect(isSame, "\(name), \(extents), \(activation)")
            }
        }
    }

    @Test("a product of bytes is exact, also of the lowest ones and where 32 bits wrap")
    func int8Product() {
        for extents in Self.extents + [ProductExtents(rows: 1, columns: 1, depth: 140_000)] {
            let (rows, columns, depth) = (extents.rows, extents.columns, extents.depth)
            let wraps = depth > 100_000
            let left = wraps ? [Int8](repeating: -128, count: depth) : Self.bytes(rows * depth, seed: 1)
            let right = wraps ? [Int8](repeating: -128, count: depth) : Self.bytes(columns * depth, seed: 2)
            var results: [[Int32]] = []
            for (name, fast, reference) in Self.pairs {
                for kernels in [fast, reference] {
                    let leftPanels = left.withUnsafeBufferPointer {
                        Panels(.left, .rows(rows, of: depth), of: $0, kernels: kernels)
                    }
                    let rightPanels = right.withUnsafeBufferPointer {
                        Panels(.right, .columns(columns, of: depth), of: $0, kernels: kernels)
                    }
                    var out = [Int32](repeating: 99, count: rows * (columns + 3))
                    leftPanels.withPanels { left in
                        rightPanels.withPanels { right in
                            kernels.multiplyInt8(left, right, extents, &out, columns + 3)
                        }
                    }
                    results.append(out)
                    #expect(out == results[0], "\(name), \(extents)")
                }
            }
            let first = (0..<depth).reduce(Int32(0)) { $0 &+ Int32(left[$1]) &* Int32(right[$1 * columns]) }
            #expect(results[0][0] == first, "\(extents)")
        }
    }

    @Test(
        "panels of floats and of bytes are those of the reference, whichever way the matrix lies",
        arguments: [1, 2, 3, 4, 5, 6, 7, 15, 16, 17, 33])
    func panels(_ count: Int) {
        for depth in Array(1...9) + [15, 16, 17, 19, 33] {
            let bytes = Self.bytes(count * depth, seed: 4)
            let floats = bytes.map { Float($0) }
            for lanes in [Lanes.rows(count, of: depth), .columns(count, of: depth)] {
                for side in [PanelSide.left, .right] {
                    for (name, fast, reference) in Self.pairs {
                        let size = count * fast.packing.words(side, depth: depth)
                        let results = [fast, reference].map { kernels in
                            var panels = [Int32](repeating: 99, count: size + 1)
                            kernels.packInt8(bytes, lanes, side, &panels)
                            return panels
                        }
                        #expect(results[0] == results[1], "\(name), \(lanes), \(side)")
                        let panels = [fast, reference].map { kernels in
                            var panels = [Float](repeating: 99, count: count * depth + 1)
                            kernels.packFloat(floats, lanes, side, &panels)
                            return panels
                        }
                        #expect(panels[0] == panels[1], "\(name), \(lanes), \(side)")
                    }
                }
            }
        }
    }

    @Test("sums become floats as the reference has it, without a bias also the zero of either sign", arguments: 0...35)
    func finish(_ count: Int) {
        let sums = (0..<count).map { Int32($0 * $0 * 1_000_003 % 4001 - 2000) }
        for activation in Self.activations {
            for bias in [nil, 0.75] as [Float?] {
                let results = Self.pairs.flatMap { [$0.1, $0.2] }.map { kernels in
                    var out = [Float](repeating: 99, count: count + 1)
                    kernels.finish(sums, count, -0.001, bias, activation, &out)
                    return out.map(\.bitPattern)
                }
                #expect(results.allSatisfy { $0 == results[0] })
            }
        }
    }

    @Test("rows of sums become floats as the reference has it, whatever has scales", arguments: 0...35)
    func finishRows(_ columns: Int) {
        let traps: [Float] = [-0.0, .infinity, 0, -.infinity]
        for rows in [3, 17, 33] {
            let sums = (0..<rows * columns).map { Int32($0 * $0 * 1_000_003 % 4001 - 2000) }
            let numbers = (0..<rows + columns).map {
                $0 % 5 == 1 ? traps[$0 / 5 % traps.count] : Float($0 * 37 % 251) / 7000 - 0.011
            }
            for kind in 0..<4 {
                let results = Self.pairs.flatMap { [$0.1, $0.2] }.map { kernels in
                    var out = [Float](repeating: 99, count: rows * columns + 1)
                    numbers.withUnsafeBufferPointer { numbers in
                        guard let first = numbers.baseAddress else { return }
                        kernels.finishRows(
                            sums, rows, columns, kind % 2 == 0 ? .ofRows(first) : .ofColumns(first),
                            kind < 2 ? nil : ColumnAffine(addends: first + 1, factor: 0.3), &out)
                    }
                    return out.map { $0.isNaN ? nil : $0.bitPattern }
                }
                #expect(results.allSatisfy { $0 == results[1] }, "\(rows) rows, kind \(kind)")
            }
        }
    }

    @Test("bytes of floats are those of the rounding rule, for any count", arguments: 0...68)
    func bytes(_ count: Int) {
        let values = (0..<count).map { WeightKernelsTests.traps[($0 + count) % WeightKernelsTests.traps.count] }
        for scale in [1, 0.5, 1e-30] as [Float] {
            let results = Self.pairs.flatMap { [$0.1, $0.2] }.map { kernels in
                var out = [Int8](repeating: 99, count: count + 1)
                kernels.bytes(values, count, scale, &out)
                return out
            }
            #expect(results.allSatisfy { $0 == results[0] })
        }
    }

    @Test("a panel that does not begin with a lane cannot be asked for")
    func noPanel() async {
        await #expect(processExitsWith: .failure) {
            Panels(.left, .rows(12, of: 1), of: [Float](repeating: 0, count: 12)).withPanels(from: 5) { _ in }
        }
    }
}
