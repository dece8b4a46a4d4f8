import LayerCatalogue
import ModelFormat
import Testing

/// Keeps the one table true to itself.
@Suite struct CatalogueAuditTests {
    @Test("every layer type stands in one row")
    func types() {
        let names = LayerCatalogue.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(LayerCatalogue.all.allSatisfy { LayerCatalogue.type(named: $0.name) == $0 })
        // ncnn a4d2ea1d has so many layer types in src/layer, ArgMax and SPP (off by default) among them.
        #expect(names.count == 110)
    }

    @Test("ids and names of a row's params are unique and ids are ncnn's", arguments: LayerCatalogue.all)
    func params(type: LayerType) {
        #expect(Set(type.params.map(\.id)).count == type.params.count)
        #expect(Set(type.params.map(\.name)).count == type.params.count)
        // 30 and 31 belong to every layer.
        #expect(type.params.allSatisfy { (0..<30).contains($0.id) })
    }

    @Test("whatever a row refers to is a param of the row", arguments: LayerCatalogue.all)
    func references(type: LayerType) {
        let names = Set(type.params.map(\.name))
        let defaults = type.params.flatMap(\.references)
        let weights = type.weights.flatMap { $0.count.references + $0.condition.references + $0.isTagged.references }
        let transpositions = type.int8?.weights.compactMap(\.transposition) ?? []
        let turns = transpositions.flatMap {
            $0.condition.references + $0.rows.references + $0.columns.references + [$0.param]
        }
        let terms = type.int8.map { [$0.termParam] + ($0.dynamic?.references ?? []) } ?? []
        #expect(Set(defaults + weights + turns + terms).subtracting(names).isEmpty)
    }

    @Test("a param whose default is another param does not lead back to itself", arguments: LayerCatalogue.all)
    func defaults(type: LayerType) {
        for param in type.params {
            var seen: Set<String> = []
            var open = param.references
            while let name = open.popLast() {
                #expect(name != param.name)
                guard seen.insert(name).inserted else { continue }
                open += type.param(name)?.references ?? []
            }
        }
    }

    @Test(
        "the arrays that an int8 form names stand in its row", arguments: LayerCatalogue.all.filter { $0.int8 != nil })
    func int8Forms(type: LayerType) throws {
        let form = try #require(type.int8)
        let arrays = Set(type.weights.map(\.name))
        #expect(form.weights.allSatisfy { arrays.contains($0.weight) && arrays.contains($0.scales) })
        #expect([form.activationScale, form.topScale].compactMap(\.self).allSatisfy(arrays.contains))
        #expect(Set(form.weights.map(\.tableRow)).count == form.weights.count)
    }

    @Test(
        "an array of scales stands behind its weights, from which it may be computed",
        arguments: LayerCatalogue.all.filter { $0.int8 != nil })
    func scalesBehindWeights(type: LayerType) throws {
        let arrays = type.weights.map(\.name)
        for weight in try #require(type.int8).weights {
            let places = [weight.weight, weight.scales].compactMap { arrays.firstIndex(of: $0) }
            #expect(places.count == 2 && places[0] < places[1])
        }
    }

    @Test("the ten layer types that ncnn2int8 quantizes have an int8 form, and no other")
    func ten() {
        #expect(
            Set(LayerCatalogue.all.filter { $0.int8 != nil }.map(\.name)) == [
                "Convolution", "ConvolutionDepthWise", "InnerProduct", "RNN", "LSTM", "GRU", "Embed", "Gemm",
                "MultiHeadAttention", "SDPA",
            ])
    }

    @Test("every param of every row survives being written and read", arguments: LayerCatalogue.all)
    func roundTrip(type: LayerType) throws {
        let written = type.params.map { "\($0.id)=\(Self.sample($0).text)" }.joined(separator: " ")
        let text = "7767517\n1 1\n\(type.name) layer 0 1 top \(written)\n"
        let file = try ParamFile(Array(text.utf8), file: "m.param")
        let params = LayerParams(file.layers[0], of: type, file: "m.param")
        for param in type.params {
            switch Self.sample(param) {
            case .int(let value): #expect(try params.int(param.name) == value)
            case .float(let value): #expect(try params.float(param.name) == value)
            case .ints(let values): #expect(try params.ints(param.name) == values)
            case .floats(let values): #expect(try params.floats(param.name) == values)
            case .string(let value): #expect(try params.string(param.name) == value)
            }
        }
        #expect(file.text(applying: []) == Array(text.utf8))
    }

    @Test("params that are left out have their defaults", arguments: LayerCatalogue.all)
    func leftOut(type: LayerType) throws {
        let file = try ParamFile(Array("7767517\n1 1\n\(type.name) layer 0 1 top\n".utf8), file: "m.param")
        let params = LayerParams(file.layers[0], of: type, file: "m.param")
        for param in type.params {
            switch param.kind {
            case .int(.constant(let value)): #expect(try params.int(param.name) == value)
            case .int(.same(let other)): #expect(try params.int(param.name) == params.int(other))
            case .int(.quotient(let other, let divisor)):
                #expect(try params.int(param.name) == params.int(other) / divisor)
            case .float(.constant(let value)): #expect(try params.float(param.name) == value)
            case .float(.inverseRoot): #expect(try params.float(param.name) == .infinity)
            case .ints: #expect(try params.ints(param.name).isEmpty)
            case .floats: #expect(try params.floats(param.name).isEmpty)
            case .string: #expect(try params.string(param.name).isEmpty)
            }
        }
    }

    private enum Sample {
        case int(Int), float(Float), ints([Int]), floats([Float]), string(String)

        var text: String {
            switch self {
            case .int(let value): "\(value)"
            case .float(let value): "\(value)"
            case .ints(let values): values.map(String.init).joined(separator: ",")
            case .floats(let values): values.map { "\($0)" }.joined(separator: ",")
            case .string(let value): "\"\(value)\""
            }
        }
    }

    /// A value that is nobody's default.
    private static func sample(_ param: ParamSpec) -> Sample {
        switch param.kind {
        case .int: .int(1000 + param.id)
        case .float: .float(Float(param.id) + 0.625)
        case .ints: .ints([param.id, -3])
        case .floats: .floats([0.5, Float(param.id)])
        case .string: .string("expr \(param.id)")
        }
    }
}
