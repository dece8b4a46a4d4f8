/// The one table of layer types.
///
/// The facts are those of ncnn's `src/layer/*.cpp` (`load_param`, `load_model`) and `tools/quantize/ncnn2int8.cpp` at
/// commit a4d2ea1d.
public enum LayerCatalogue {
    /// Every row, by family.
    public static let all: [LayerType] =
        convolutionTypes + matrixTypes + recurrentTypes + attentionTypes + normalizationTypes + activationTypes
        + arithmeticTypes + shapeTypes + poolingTypes + quantizationTypes + detectionTypes + signalTypes

    private static let byName = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    /// The row of a layer type; nil for a type that ncnn does not have, such as a custom layer.
    public static func type(named name: String) -> LayerType? {
        byName[name]
    }
}
