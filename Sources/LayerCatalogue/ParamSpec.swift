/// One param of a layer type: its id, ncnn's name for it, its kind and what it is where the text leaves it out.
public struct ParamSpec: Hashable, Sendable {
    /// What kind of value it has, with its default.
    public enum Kind: Hashable, Sendable {
        case int(IntDefault)
        case float(FloatDefault)
        case ints
        case floats
        case string
    }

    /// The default of an integer.
    public enum IntDefault: Hashable, Sendable {
        case constant(Int)
        /// The value of another param of the same layer.
        case same(String)
        /// A quotient of another param, as `n_fft / 4`.
        case quotient(String, by: Int)
    }

    /// The default of a float.
    public enum FloatDefault: Hashable, Sendable {
        case constant(Float)
        /// `1 / sqrt(a / b)` with a whole-numbered quotient, MultiHeadAttention's scale.
        case inverseRoot(String, over: String)
    }

    /// 0 to 31; 30 (shape hint) and 31 (feature mask) belong to every layer and stand in no row.
    public let id: Int
    public let name: String
    public let kind: Kind

    /// Names of params that the default refers to.
    public var references: [String] {
        switch kind {
        case .int(.same(let name)), .int(.quotient(let name, _)): [name]
        case .float(.inverseRoot(let name, let over)): [name, over]
        case .int, .float, .ints, .floats, .string: []
        }
    }

    static func int(_ id: Int, _ name: String, _ value: Int = 0) -> ParamSpec {
        ParamSpec(id: id, name: name, kind: .int(.constant(value)))
    }

    static func int(_ id: Int, _ name: String, _ value: IntDefault) -> ParamSpec {
        ParamSpec(id: id, name: name, kind: .int(value))
    }

    static func float(_ id: Int, _ name: String, _ value: Float = 0) -> ParamSpec {
        ParamSpec(id: id, name: name, kind: .float(.constant(value)))
    }

    static func float(_ id: Int, _ name: String, _ value: FloatDefault) -> ParamSpec {
        ParamSpec(id: id, name: name, kind: .float(value))
    }

    static func ints(_ id: Int, _ name: String) -> ParamSpec {
        ParamSpec(id: id, name: name, kind: .ints)
    }

    static func floats(_ id: Int, _ name: String) -> ParamSpec {
        ParamSpec(id: id, name: name, kind: .floats)
    }

    static func string(_ id: Int, _ name: String) -> ParamSpec {
        ParamSpec(id: id, name: name, kind: .string)
    }
}
