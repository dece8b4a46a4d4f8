public import ModelFormat

/// The params of one layer by name, with defaults filled in.
public struct LayerParams: Sendable {
    public let type: LayerType
    public let layer: ParamLayer
    private let file: String
    /// Values that stand in for those of the text: what the int8 twin will say.
    private let overrides: [String: Int]

    /// - Parameters:
    ///   - file: the name of the `.param`, for errors.
    ///   - overrides: integers by name that count instead of the text.
    public init(_ layer: ParamLayer, of type: LayerType, file: String, overrides: [String: Int] = [:]) {
        self.layer = layer
        self.type = type
        self.file = file
        self.overrides = overrides
    }

    /// The same layer with other integers.
    public func with(_ overrides: [String: Int]) -> LayerParams {
        LayerParams(layer, of: type, file: file, overrides: self.overrides.merging(overrides) { $1 })
    }

    /// The integer of this name.
    ///
    /// - Throws: `FormatError` where the text has another kind of value there.
    public func int(_ name: String) throws(FormatError) -> Int {
        if let value = overrides[name] { return value }
        let spec = try spec(name)
        guard case .int(let fallback) = spec.kind else { throw notDeclared(name, "an integer") }
        if let value = layer[spec.id] {
            guard let int = value.int else { throw wrongKind(spec, value, wanted: "an integer") }
            return int
        }
        switch fallback {
        case .constant(let value): return value
        case .same(let other): return try int(other)
        case .quotient(let other, let divisor): return try int(other) / divisor
        }
    }

    /// The float of this name.
    ///
    /// - Throws: `FormatError` where the text has no number there.
    public func float(_ name: String) throws(FormatError) -> Float {
        let spec = try spec(name)
        guard case .float(let fallback) = spec.kind else { throw notDeclared(name, "a float") }
        if let value = layer[spec.id] {
            guard let float = value.float else { throw wrongKind(spec, value, wanted: "a number") }
            return float
        }
        switch fallback {
        case .constant(let value):
            return value
        case .inverseRoot(let dividend, let divisor):
            let parts = try int(divisor)
            guard parts != 0 else { throw error("\(divisor) is 0, its quotient is needed for \(name)") }
            return 1 / Float(try int(dividend) / parts).squareRoot()
        }
    }

    /// The integers of this name; empty where the text has none.
    ///
    /// - Throws: `FormatError` where the text has an array of another kind there.
    public func ints(_ name: String) throws(FormatError) -> [Int] {
        let spec = try spec(name)
        guard case .ints = spec.kind else { throw notDeclared(name, "an array of integers") }
        guard let value = layer[spec.id] else { return [] }
        switch value {
        case .ints(let values): return values.map(Int.init)
        // A lone number is no array to ncnn, which then sees none.
        case .int, .float, .string: return []
        case .floats: throw wrongKind(spec, value, wanted: "an array of integers")
        }
    }

    /// The floats of this name; empty where the text has none.
    ///
    /// - Throws: `FormatError` where the row has no such array.
    public func floats(_ name: String) throws(FormatError) -> [Float] {
        let spec = try spec(name)
        guard case .floats = spec.kind else { throw notDeclared(name, "an array of floats") }
        return layer[spec.id]?.floats ?? []
    }

    /// The text of this name; empty where there is none.
    ///
    /// - Throws: `FormatError` where the row has no such string.
    public func string(_ name: String) throws(FormatError) -> String {
        let spec = try spec(name)
        guard case .string = spec.kind else { throw notDeclared(name, "a string") }
        return layer[spec.id]?.string ?? ""
    }

    /// The value of a count for this layer.
    ///
    /// - Throws: `FormatError` where it overflows or divides by zero.
    public func value(of count: Count) throws(FormatError) -> Int {
        switch count {
        case .constant(let value):
            return value
        case .param(let name):
            return try int(name)
        case .product(let left, let right):
            let (product, overflow) = try value(of: left).multipliedReportingOverflow(by: try value(of: right))
            guard !overflow else { throw error("the product of \(count.references.joined(separator: ", ")) overflows") }
            return product
        case .quotient(let left, let right):
            let (quotient, overflow) = try value(of: left).dividedReportingOverflow(by: try value(of: right))
            guard !overflow else { throw error("\(right.references.joined(separator: ", ")) is 0 and divides") }
            return quotient
        case .either(let condition, let yes, let no):
            return try value(of: holds(condition) ? yes : no)
        }
    }

    /// Whether a condition holds for this layer.
    ///
    /// - Throws: `FormatError` where a count in it cannot be had.
    public func holds(_ condition: Condition) throws(FormatError) -> Bool {
        switch condition {
        case .always: return true
        case .equals(let left, let right): return try value(of: left) == value(of: right)
        case .above(let name, let limit): return try int(name) > limit
        case .not(let inner): return try !holds(inner)
        case .all(let conditions):
            for inner in conditions where try !holds(inner) { return false }
            return true
        case .any(let conditions):
            for inner in conditions where try holds(inner) { return true }
            return false
        }
    }

    /// The arrays that this layer stores, in file order.
    ///
    /// - Throws: `FormatError` where a count is not above zero or cannot be had.
    public func slots() throws(FormatError) -> [WeightSlot] {
        var slots: [WeightSlot] = []
        for weight in type.weights where try holds(weight.condition) {
            let count = try value(of: weight.count)
            guard count > 0 else { throw error("\(weight.name) has \(count) elements, wanted at least 1") }
            slots.append(WeightSlot(name: weight.name, count: count, isTagged: try holds(weight.isTagged)))
        }
        return slots
    }

    /// An error at this layer's line.
    public func error(_ clause: String) -> FormatError {
        FormatError(file: file, .line(layer.line), layer: layer.name, clause)
    }

    private func spec(_ name: String) throws(FormatError) -> ParamSpec {
        guard let spec = type.param(name) else { throw error("\(type.name) has no param \(name)") }
        return spec
    }

    private func notDeclared(_ name: String, _ kind: String) -> FormatError {
        error("param \(name) of \(type.name) is not \(kind)")
    }

    private func wrongKind(_ spec: ParamSpec, _ value: ParamValue, wanted: String) -> FormatError {
        error("param \(spec.id) (\(spec.name)) is \(value.kind), wanted \(wanted)")
    }
}
