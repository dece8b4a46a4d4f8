import LayerCatalogue
import ModelFormat
import Vocabulary

/// Finds the layers whose output can stay int8 for the next one (ncnn's `fuse_requantize`).
///
/// A convolution writes int8 where every reader of its output is an int8 convolution, directly or behind one Split, and
/// all of them want the same scale. Upstream takes the first reader's scale for all.
struct RequantizeFusion {
    private let plans: [LayerPlan]
    private let readers: [String: [Int]]

    init(_ plans: [LayerPlan]) {
        self.plans = plans
        var readers: [String: [Int]] = [:]
        for plan in plans {
            for bottom in plan.layer.bottoms {
                readers[bottom, default: []].append(plan.layer.index)
            }
        }
        self.readers = readers
    }

    /// The scale of the int8 output of each layer that can have one, by layer index.
    func topScales() -> [Int: Float] {
        var scales: [Int: Float] = [:]
        for plan in plans where canFuse(plan) {
            guard plan.layer.tops.count == 1, let reader = onlyReader(of: plan.layer.tops[0]) else { continue }
            if let scale = inputScale(of: reader) {
                scales[plan.layer.index] = scale
            } else if reader.layer.type == "Split" {
                let wanted = reader.layer.tops.map { onlyReader(of: $0).flatMap(inputScale) }
                if let first = wanted.first, let first, wanted.allSatisfy({ $0 == first }) {
                    scales[plan.layer.index] = first
                }
            }
        }
        return scales
    }

    private func onlyReader(of blob: String) -> LayerPlan? {
        guard let indexes = readers[blob], indexes.count == 1 else { return nil }
        return plans[indexes[0]]
    }

    private func canFuse(_ plan: LayerPlan) -> Bool {
        plan.quantized != nil && plan.params?.type.int8?.topScale != nil
    }

    /// The scale that an int8 convolution with one input wants of it; nil for every other layer.
    private func inputScale(of reader: LayerPlan) -> Float? {
        guard canFuse(reader), reader.layer.bottoms.count == 1 else { return nil }
        return reader.quantized?.activationScale
    }
}
