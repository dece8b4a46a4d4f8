public import ModelFormat
public import Numerics

/// What an observer of a run sees of a layer.
public struct LayerEvent: Sendable {
    public let layer: ParamLayer
    /// What the layer was given.
    public let bottoms: [Tensor]
    /// What it made, int8 where requantization is fused.
    public let tops: [Tensor]
    /// The scale of int8 tops, `int8 = float * scale`; nil where the tops are no int8 of a known scale.
    public let topScale: Float?
}

extension Network {
    /// Runs the layers that the wanted blobs need, in file order, and frees each blob after its last reader.
    ///
    /// - Parameters:
    ///   - inputs: blobs by name. A blob that is given is not computed, whichever layer makes it.
    ///   - blobs: names of the wanted blobs; nil for the network's outputs.
    ///   - threads: how many threads an operator may use.
    ///   - observe: called for each layer behind it; what it throws ends the run.
    /// - Returns: the wanted blobs. An int8 blob comes out as floats of the same whole numbers, as ncnn hands it out.
    /// - Throws: `InferenceError` with the layer or blob, and what `observe` throws.
    public func run(
        _ inputs: [String: Tensor], wanting blobs: [String]? = nil, threads: Int = 1,
        observe: ((LayerEvent) throws -> Void)? = nil
    ) throws -> [String: Tensor] {
        try Threads.with(threads) { try run(inputs, wanting: blobs, observe: observe) }
    }

    private func run(
        _ inputs: [String: Tensor], wanting blobs: [String]?, observe: ((LayerEvent) throws -> Void)?
    ) throws -> [String: Tensor] {
        let wanted = Set(blobs ?? outputs)
        for name in inputs.keys.sorted() where producers[name] == nil {
            throw InferenceError.blob(name: name, clause: "is given, but no layer makes or takes a blob of this name")
        }
        for name in wanted.sorted() where producers[name] == nil {
            throw InferenceError.blob(name: name, clause: "is wanted, but no layer makes a blob of this name")
        }

        let needed = neededLayers(for: wanted, given: Set(inputs.keys))
        var readers: [String: Int] = [:]
        for index in needed {
            for bottom in steps[index].layer.bottoms { readers[bottom, default: 0] += 1 }
        }
        var live = inputs
        var scales: [String: Float] = [:]
        for index in needed {
            let step = steps[index]
            var bottoms: [Tensor] = []
            for name in step.layer.bottoms {
                guard let tensor = live[name] else {
                    throw InferenceError.blob(name: name, clause: "is not there when layer \(step.layer.name) takes it")
                }
                bottoms.append(tensor)
                readers[name, default: 0] -= 1
                if readers[name] == 0, !wanted.contains(name) { live[name] = nil }
            }
            let tops = try run(step, on: bottoms)
            for (name, top) in zip(step.layer.tops, tops)
            where inputs[name] == nil && (readers[name] != nil || wanted.contains(name)) {
                live[name] = top
            }
            var topScale: Float?
            if case .int8 = tops.first?.elements {
                // Int8 without a scale of its own was only moved.
                topScale = step.work.topScale ?? step.layer.bottoms.first.flatMap { scales[$0] }
                for name in step.layer.tops { scales[name] = topScale }
            }
            try observe?(LayerEvent(layer: step.layer, bottoms: bottoms, tops: tops, topScale: topScale))
        }
        return live.filter { wanted.contains($0.key) }.mapValues { tensor in
            if case .int8 = tensor.elements { tensor.asFloat } else { tensor }
        }
    }

    /// Runs one layer alone on these bottoms.
    ///
    /// - Parameter index: the layer's position in `layers`.
    /// - Returns: its tops as they are, int8 where requantization is fused.
    /// - Throws: `InferenceError` where the bottoms do not fit.
    public func run(layer index: Int, on bottoms: [Tensor], threads: Int = 1) throws(InferenceError) -> [Tensor] {
        try Threads.with(threads) { () throws(InferenceError) in try run(steps[index], on: bottoms) }
    }

    private func run(_ step: Step, on bottoms: [Tensor]) throws(InferenceError) -> [Tensor] {
        do {
            let tops = try step.work.run(bottoms)
            guard tops.count >= step.layer.tops.count else {
                throw Misfit("makes \(tops.count) tops, the param names \(step.layer.tops.count)")
            }
            return tops
        } catch {
            throw Self.located(error, at: step.layer)
        }
    }

    /// Indexes, in file order, of the layers that must run for the wanted blobs.
    private func neededLayers(for wanted: Set<String>, given: Set<String>) -> [Int] {
        var needed: Set<Int> = []
        var open = Array(wanted)
        while let name = open.popLast() {
            guard !given.contains(name), let index = producers[name], needed.insert(index).inserted else { continue }
            open += steps[index].layer.bottoms
        }
        return needed.sorted()
    }
}
