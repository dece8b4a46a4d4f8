import Numerics

extension Operators {
    /// Norms by mean and spread of the bottom itself (ncnn src/layer/layernorm.cpp, rmsnorm.cpp, groupnorm.cpp,
    /// instancenorm.cpp, mvn.cpp at a4d2ea1d).
    static let normalizationOperators: [OperatorType] = [
        rowNorm("LayerNorm", isCentred: true),
        rowNorm("RMSNorm", isCentred: false),
        .function("GroupNorm") { source in
            let (groups, channels) = (try source.int("group"), try source.int("channels"))
            guard groups > 0, channels > 0, channels.isMultiple(of: groups) else {
                throw Misfit("channels is \(channels), wanted a multiple of group, which is \(groups)")
            }
            return try channelNorm(source) { bottom in
                guard bottom.outerCount == channels else {
                    throw Misfit("the bottom's shape is \(bottom.shape), channels is \(channels)")
                }
                return (channels, groups)
            }
        },
        .function("InstanceNorm") { source in
            try channelNorm(source) { ($0.channels, $0.channels) }
        },
        .function("MVN") { source in
            let isAcross = try source.flag("across_channels")
            let eps = try source.float("eps")
            let norm =
                try source.flag("normalize_variance")
                ? Standardization(isCentred: true) { 1 / ($0.squareRoot() + eps) }
                : Standardization(isCentred: true) { _ in 1 }
            return { bottoms in
                let bottom = try bottoms.bottom(0)
                let shape =
                    bottom.axisCount == 4 ? bottom.shape : [bottom.channels, bottom.height, bottom.width]
                let count = isAcross ? bottom.count : bottom.count / bottom.channels
                return [try norm.apply(to: bottom.reshaped(shape), runsOf: count) { _, _ in }]
            }
        },
        OperatorType("LRN") { try LocalResponse($0) },
    ]

    /// A norm whose gamma and beta go along the elements of a run.
    private static func rowNorm(_ name: String, isCentred: Bool) -> OperatorType {
        .function(name) { source in
            let size = try source.int("affine_size")
            let norm = Standardization.withinRoot(eps: try source.float("eps"), isCentred: isCentred)
            let gamma = try source.floatWeight("gamma_data")
            let beta = isCentred ? try source.floatWeight("beta_data") : nil
            let addends = beta ?? [Float](repeating: 0, count: gamma?.count ?? 0)
            guard addends.count == gamma?.count ?? addends.count else {
                throw Misfit("has \(gamma?.count ?? 0) gammas and \(addends.count) betas")
            }
            return { bottoms in
                let bottom = try bottoms.bottom(0)
                let count = runCount(of: bottom.shape, affineSize: size)
                if let gamma, gamma.count != count {
                    throw Misfit("the bottom's shape is \(bottom.shape), affine_size is \(gamma.count)")
                }
                guard let gamma else { return [try norm.apply(to: bottom, runsOf: count) { _, _ in }] }
                return [try norm.apply(to: bottom, factors: gamma, addends: addends)]
            }
        }
    }

    /// The elements that are normed together: as many of the inner axes as have `size` elements, and all but the
    /// channels where none have.
    private static func runCount(of shape: [Int], affineSize size: Int) -> Int {
        var count = 1
        for extent in (shape.count < 3 ? shape.suffix(1) : shape.dropFirst()).reversed() {
            count *= extent
            if count == size { break }
        }
        return count
    }

    /// A norm over groups of channels, whose gamma and beta go along the channels.
    ///
    /// - Parameter split: the number of channels and of groups of a bottom.
    private static func channelNorm(
        _ source: LayerSource, _ split: @escaping @Sendable (Tensor) throws -> (channels: Int, groups: Int)
    ) throws -> @Sendable ([Tensor]) throws -> [Tensor] {
        let norm = Standardization.withinRoot(eps: try source.float("eps"))
        let gamma = try source.floatWeight("gamma_data")
        let beta = try source.floatWeight("beta_data")
        return { bottoms in
            let bottom = try bottoms.bottom(0)
            let (channels, groups) = try split(bottom)
            if let gamma, gamma.count != channels {
                throw Misfit("the bottom's shape is \(bottom.shape), there are gammas for \(gamma.count) channels")
            }
            let size = bottom.count / channels
            let together = channels / groups
            let top = try norm.apply(to: bottom, runsOf: size * together) { values, group in
                guard let gamma, let beta else { return }
                for channel in 0..<together {
                    let (scale, shift) = (gamma[group * together + channel], beta[group * together + channel])
                    RowKernels.fast.adjust(values + channel * size, size, scale, shift, nil)
                }
            }
            return [top]
        }
    }
}
