import LayerCatalogue
import ModelFormat

/// Holds our int8 twin against upstream's, layer by layer, and tells the first difference of each.
struct ModelDifference {
    let ours: Model<MemoryBytes>
    let theirs: Model<MemoryBytes>
    /// The float model both were made from.
    let source: Model<MemoryBytes>
    /// Params that upstream loses.
    let dropped: [String: Set<Int>]

    /// What differs, by layer name.
    func byLayer() throws -> [String: String] {
        var differences: [String: String] = [:]
        if ours.param.layers.count != theirs.param.layers.count {
            differences["model"] = "\(ours.param.layers.count) layers, wanted \(theirs.param.layers.count)"
            return differences
        }
        for (our, their) in zip(ours.param.layers, theirs.param.layers) {
            if let difference = try params(our, their) ?? weights(at: our.index) {
                differences[our.name] = difference
            }
        }
        return differences
    }

    // MARK: Params

    private func params(_ our: ParamLayer, _ their: ParamLayer) throws -> String? {
        guard our.type == their.type, our.name == their.name, our.bottoms == their.bottoms, our.tops == their.tops
        else {
            return "another layer: \(our.type) \(our.name), wanted \(their.type) \(their.name)"
        }
        let ids = Set(our.params.keys).union(their.params.keys).subtracting(dropped[our.name] ?? [])
        for id in ids.sorted() where id != 30 {
            let ourValue = try value(id, of: our, in: ours)
            let theirValue = try value(id, of: their, in: theirs)
            if !Self.agree(ourValue, theirValue) {
                return
                    "param \(id) is \(ourValue.map { "\($0)" } ?? "default"), wanted \(theirValue.map { "\($0)" } ?? "default")"
            }
        }
        return nil
    }

    /// The value with its default filled in; upstream leaves out what equals the default.
    private func value(_ id: Int, of layer: ParamLayer, in model: Model<MemoryBytes>) throws -> ParamValue? {
        guard let params = model.params[layer.index], let spec = params.type.params.first(where: { $0.id == id }) else {
            return layer[id]
        }
        switch spec.kind {
        case .int: return try layer[id] ?? .int(Int32(params.int(spec.name)))
        case .float: return try layer[id] ?? .float(params.float(spec.name))
        case .ints: return layer[id] ?? .ints([])
        case .floats: return layer[id] ?? .floats([])
        case .string: return layer[id] ?? .string("")
        }
    }

    /// Upstream prints floats with seven digits; and where a text has an integer for a float param or the other way round,
    /// it prints what the same 32 bits mean as the other kind.
    private static func agree(_ left: ParamValue?, _ right: ParamValue?) -> Bool {
        func close(_ a: Float, _ b: Float) -> Bool { a == b || abs(a - b) <= 2e-6 * max(abs(a), abs(b)) }
        if left == right { return true }
        if case .int = left, case .int = right { return false }
        if bits(left) == bits(right) { return true }
        if let a = left?.float, let b = right?.float { return close(a, b) }
        if let a = left?.floats, let b = right?.floats { return a.count == b.count && zip(a, b).allSatisfy(close) }
        return false
    }

    private static func bits(_ value: ParamValue?) -> [UInt32] {
        switch value {
        case .int(let int): [UInt32(bitPattern: int)]
        case .float(let float): [float.bitPattern]
        case .ints(let ints): ints.map(UInt32.init(bitPattern:))
        case .floats(let floats): floats.map(\.bitPattern)
        case .string(let string): Array(string.utf8).map(UInt32.init) + [.max]
        case nil: []
        }
    }

    // MARK: Weights

    private func weights(at index: Int) throws -> String? {
        let (our, their) = (ours.layout.weights[index], theirs.layout.weights[index])
        guard our.map(\.name) == their.map(\.name) else {
            return "arrays \(our.map(\.name)), wanted \(their.map(\.name))"
        }
        for (left, right) in zip(our, their) {
            guard left.storage == right.storage, left.count == right.count else {
                return "\(left.name): \(left.count) × \(left.storage), wanted \(right.count) × \(right.storage)"
            }
            let (leftBytes, rightBytes) = (try ours.bin.bytes(left.range), try theirs.bin.bytes(right.range))
            guard leftBytes != rightBytes else { continue }
            let size = left.storage.elementSize
            let head = left.elements.lowerBound - left.offset
            for element in 0..<left.count {
                let bytes = head + element * size..<head + (element + 1) * size
                if leftBytes[bytes] != rightBytes[bytes],
                    try !isRoundedBetter(left, element, Array(leftBytes[bytes]), Array(rightBytes[bytes]), layer: index)
                {
                    return "\(left.name)[\(element)]: \(leftBytes[bytes]), wanted \(rightBytes[bytes])"
                }
            }
        }
        return nil
    }

    /// The two differences that belong to no layer in particular: upstream cuts the last n mod 4 half floats of an array
    /// instead of rounding them, and sets plain floats below 1e-30 to zero.
    private func isRoundedBetter(
        _ weight: StoredWeight, _ element: Int, _ our: [UInt8], _ their: [UInt8], layer: Int
    ) throws -> Bool {
        guard let origin = source.layout.weights[layer].first(where: { $0.name == weight.name }) else { return false }
        switch weight.storage {
        case .fp16:
            guard origin.storage == .fp32, element >= weight.count / 4 * 4 else { return false }
            return Float16(try float(origin, element)).bitPattern == UInt16(our[0]) | UInt16(our[1]) << 8
        case .plain:
            let value = try float(origin, element)
            return their == [0, 0, 0, 0] && value.magnitude < 1e-30 && value.bitPattern.littleEndianBytes == our
        default:
            return false
        }
    }

    private func float(_ weight: StoredWeight, _ element: Int) throws -> Float {
        let start = weight.elements.lowerBound + 4 * element
        let bytes = try source.bin.bytes(start..<start + 4)
        return Float(bitPattern: bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) })
    }
}

extension UInt32 {
    fileprivate var littleEndianBytes: [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: self >> (8 * $0)) }
    }
}
