import LayerCatalogue
import ModelFormat
import Reporting

/// What `quantctl inspect` says of a model.
struct ModelInspection: Encodable, Answer {
    struct Layer: Encodable, Recordable {
        let index: Int
        let name: String
        let type: String
        let bottoms: [String]
        let tops: [String]
        /// Params as written, by ncnn's names; by number where the catalogue has none.
        let params: [String: String]
        /// The shapes that the file hints at, one for each top, outermost axis first; empty without a hint.
        let shapes: [[Int]]
        let weights: [Weight]
        /// Whether ncnn has an int8 form of this layer.
        let quantizable: Bool
    }

    struct Weight: Encodable {
        let name: String
        let storage: String
        let count: Int
        let bytes: Int
    }

    let schemaVersion = 1
    let layers: [Layer]
    let blobs: Int
    let bytes: Int?
    let quantizableLayers: Int

    init(_ param: ParamFile, layout: BinLayout?) {
        layers = param.layers.map { layer in
            let type = LayerCatalogue.type(named: layer.type)
            return Layer(
                index: layer.index, name: layer.name, type: layer.type, bottoms: layer.bottoms, tops: layer.tops,
                params: Self.params(of: layer, type), shapes: Self.shapes(of: layer),
                weights: (layout?.weights[layer.index] ?? []).map {
                    Weight(name: $0.name, storage: $0.storage.word, count: $0.count, bytes: $0.byteCount)
                },
                quantizable: type?.int8 != nil)
        }
        blobs = param.layers.reduce(0) { $0 + $1.tops.count }
        bytes = layout?.byteCount
        quantizableLayers = layers.count { $0.quantizable }
    }

    var document: Self { self }
    var records: Records { Records(layers) }

    /// The model as a table with a line of totals.
    func lines(on page: Page) -> [Phrase] {
        var table = TextTable([
            .number("#"), .text("LAYER", least: 14), .text("TYPE", least: 11), .word("STORAGE", rank: 2),
            .number("BYTES", rank: 3), .word("SHAPE", rank: 1), .word("INT8", rank: 4), .text("PARAMS", rank: 0),
        ])
        for layer in layers {
            table.add([
                "\(layer.index)", layer.name, layer.type, layer.storage,
                layer.weights.isEmpty ? "" : "\(layer.bytes)", layer.shapesText, layer.quantizable ? "yes" : "",
                layer.paramsText,
            ])
        }
        let size = bytes.map { ", \(Figures.bytes($0)) of weights" } ?? ""
        let head: Phrase = """
            \(layers.count) layers, \(blobs) blobs\(size), \(quantizableLayers) layers that can become int8
            """
        return [[head], table.lines(width: page.width)].separated()
    }

    private static func params(of layer: ParamLayer, _ type: LayerType?) -> [String: String] {
        var params: [String: String] = [:]
        for (id, param) in layer.params where id != 30 {
            let name = id == 31 ? "featmask" : type?.params.first { $0.id == id }?.name ?? "\(id)"
            params[name] = param.value.text
        }
        return params
    }

    /// Hints have four or five numbers for each top: how many axes, then w, h, (d,) c.
    private static func shapes(of layer: ParamLayer) -> [[Int]] {
        guard let hint = layer[30]?.ints, !layer.tops.isEmpty, hint.count.isMultiple(of: layer.tops.count) else {
            return []
        }
        let step = hint.count / layer.tops.count
        guard step == 4 || step == 5 else { return [] }
        return stride(from: 0, to: hint.count, by: step).map { start in
            let group = Array(hint[start..<start + step])
            switch group[0] {
            case 1: return [group[1]]
            case 2: return [group[2], group[1]]
            case 3: return [group[step - 1], group[2], group[1]]
            case 4 where step == 5: return [group[4], group[3], group[2], group[1]]
            default: return []
            }
        }
    }
}

extension ModelInspection.Layer {
    static let fields: [Field<Self>] = [
        .integer("index") { $0.index },
        .text("name") { $0.name },
        .text("type") { $0.type },
        .texts("bottoms") { $0.bottoms },
        .texts("tops") { $0.tops },
        .text("params") { $0.paramsText },
        .text("shapes") { $0.shapesText },
        .text("storage") { $0.storage },
        .integer("bytes") { $0.bytes },
        .flag("quantizable") { $0.quantizable },
    ]

    /// How the weights are stored, each way once.
    fileprivate var storage: String {
        let all = weights.map(\.storage)
        return all.enumerated().filter { !all[..<$0.offset].contains($0.element) }.map(\.element).joined(separator: "+")
    }

    fileprivate var bytes: Int { weights.reduce(0) { $0 + $1.bytes } }
    fileprivate var shapesText: String {
        shapes.map { $0.map(String.init).joined(separator: "×") }.joined(separator: " ")
    }
    fileprivate var paramsText: String {
        params.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }
}

extension ParamValue {
    /// The value as it could stand in a `.param`.
    fileprivate var text: String {
        switch self {
        case .int(let value): "\(value)"
        case .float(let value): "\(value)"
        case .ints(let values): values.map(String.init).joined(separator: ",")
        case .floats(let values): values.map { "\($0)" }.joined(separator: ",")
        case .string(let value): value
        }
    }
}
