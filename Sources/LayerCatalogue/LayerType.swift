/// One row of the catalogue: everything the project knows of a layer type.
public struct LayerType: Hashable, Sendable {
    /// ncnn's name of the type.
    public let name: String
    public let params: [ParamSpec]
    /// The weights in file order.
    public let weights: [WeightSpec]
    /// How it becomes int8; nil for a type that has no int8 form in `ncnn2int8`.
    public let int8: Int8Form?

    init(_ name: String, _ params: [ParamSpec] = [], weights: [WeightSpec] = [], int8: Int8Form? = nil) {
        self.name = name
        self.params = params
        self.weights = weights
        self.int8 = int8
    }

    /// The param of this name.
    public func param(_ name: String) -> ParamSpec? {
        params.first { $0.name == name }
    }
}
