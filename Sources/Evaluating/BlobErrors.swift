import Glibc
import Numerics
import Vocabulary

/// Sums over a blob of both twins, sample after sample; nothing of a sample is kept.
struct BlobErrors: Hashable {
    /// `Σ x²` of the float twin.
    private var signal = 0.0
    /// `Σ (x − x̂)²`.
    private var noise = 0.0
    /// `Σ x x̂`.
    private var product = 0.0
    /// `Σ x̂²` of the int8 twin.
    private var reconstructed = 0.0
    /// The largest `|x − x̂|`.
    private var largest = 0.0
    /// How often it was compared and all was a number.
    private var compared = 0
    /// How often the float twin had NaN or infinite values.
    private(set) var floatNonFinite = 0
    /// How often the int8 twin had NaN or infinite values.
    private(set) var int8NonFinite = 0
    /// Why two blobs could not be compared at all; the first reason counts.
    private var mismatch: String?

    /// Adds a blob of one sample.
    mutating func add(_ float: Tensor, _ int8: Tensor) {
        guard float.shape == int8.shape else {
            mismatch = mismatch ?? "its shape is \(float.shape) in the float twin and \(int8.shape) in the int8 twin"
            return
        }
        float.values.withUnsafeBufferPointer { x in
            int8.values.withUnsafeBufferPointer { add(x, $0) }
        }
    }

    private mutating func add(_ x: UnsafeBufferPointer<Float>, _ y: UnsafeBufferPointer<Float>) {
        var (signal, noise, product, reconstructed, largest) = (0.0, 0.0, 0.0, 0.0, 0.0)
        var index = 0
        while index < x.count {
            let (one, other) = (Double(x[index]), Double(y[index]))
            let error = one - other
            signal += one * one
            noise += error * error
            product += one * other
            reconstructed += other * other
            if abs(error) > largest { largest = abs(error) }
            index &+= 1
        }
        // The squares of as many floats as a tensor may have stay far below the largest Double: a sum is finite exactly
        // where all floats are.
        floatNonFinite += signal.isFinite ? 0 : 1
        int8NonFinite += reconstructed.isFinite ? 0 : 1
        guard signal.isFinite, reconstructed.isFinite else { return }
        compared += 1
        self.signal += signal
        self.noise += noise
        self.product += product
        self.reconstructed += reconstructed
        self.largest = max(self.largest, largest)
    }

    /// Why there are no figures, or none that would mean something; nil where there are.
    var reason: String? {
        if let mismatch { return mismatch }
        switch (floatNonFinite, int8NonFinite) {
        case (0, 0): return compared == 0 ? "it was never compared" : nil
        case (0, let count): return "the int8 twin has NaN or infinite values in \(count) samples"
        case (let count, 0): return "the float twin has NaN or infinite values in \(count) samples"
        case (let one, let other):
            return "NaN or infinite values in \(one) samples of the float twin and \(other) of the int8 twin"
        }
    }

    /// Nil where there is a reason why not.
    var measures: OutputMeasures? {
        guard reason == nil else { return nil }
        return OutputMeasures(
            sqnr: signal > 0 && noise > 0 ? 10 * log10(signal / noise) : nil,
            cosine: signal > 0 && reconstructed > 0
                ? max(-1, min(1, product / (signal * reconstructed).squareRoot())) : nil)
    }

    /// The largest `|x − x̂|`; nil where there is a reason why not.
    var maxError: Double? {
        reason == nil ? largest : nil
    }

    /// Why a figure of a ratio is not there; nil where it is.
    var ratioReason: String? {
        if let reason { return reason }
        if signal == 0 { return "the float twin gives only zeros" }
        return noise == 0 ? "there is no difference" : nil
    }

    /// `sqnr` as a number that orders all cases: infinite where both are the same, `-∞` where they cannot be compared.
    var order: Double {
        guard reason == nil else { return -.infinity }
        return noise == 0 ? .infinity : signal == 0 ? -.infinity : 10 * log10(signal / noise)
    }
}
