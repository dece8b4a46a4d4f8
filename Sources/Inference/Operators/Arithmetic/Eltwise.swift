import Numerics

/// The product, the sum with or without coefficients, or the maximum of bottoms of one shape
/// (ncnn src/layer/eltwise.cpp at a4d2ea1d).
struct Eltwise: Operator {
    private let formula: PairFormula
    /// One for each bottom; empty for a plain sum.
    private let coefficients: [Float]

    private static let scaled = Formula { x, coefficient in x * coefficient }

    /// The formulas by `op_type`.
    private static let formulas: [PairFormula] = [
        PairFormula { x, y in x * y },
        PairFormula { x, y in x + y },
        PairFormula { x, y in x < y ? y : x },
    ]

    init(_ source: LayerSource) throws {
        let type = try source.int("op_type")
        guard Self.formulas.indices.contains(type) else { throw Misfit("op_type is \(type), wanted 0 to 2") }
        formula = Self.formulas[type]
        // Only a sum looks at them.
        coefficients = type == 1 ? try source.floats("coeffs") : []
        guard coefficients.isEmpty || coefficients.count >= source.bottomCount else {
            throw Misfit("has \(coefficients.count) coefficients for \(source.bottomCount) bottoms")
        }
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        guard coefficients.isEmpty || coefficients.count >= bottoms.count else {
            throw Misfit("has \(coefficients.count) coefficients for \(bottoms.count) bottoms")
        }
        var top = try term(0, of: bottoms)
        _ = try bottoms.bottom(1)
        for index in bottoms.indices.dropFirst() {
            top = try formula(top, try term(index, of: bottoms))
        }
        return [top]
    }

    private func term(_ index: Int, of bottoms: [Tensor]) throws -> Tensor {
        let bottom = try bottoms.bottom(index)
        return coefficients.isEmpty ? bottom : try Self.scaled(bottom, (coefficients[index], 0, 0))
    }
}
