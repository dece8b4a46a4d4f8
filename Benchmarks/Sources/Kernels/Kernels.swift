import Benchmark
import Numerics

/// The passes over weights, on 256 MiB of floats, which no cache holds, and on the pieces in which the quantizer has them.
@main
struct Kernels {
    static let bytes = 256 << 20

    static func main() {
        let source = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 4096)
        let floats = source.bindMemory(to: Float.self)
        var state: UInt32 = 1
        for index in floats.indices {
            // A linear congruence (Numerical Recipes): what is quantized must not be all alike.
            state = state &* 1_664_525 &+ 1_013_904_223
            floats[index] = Float(Int32(bitPattern: state)) * 0x1p-31
        }
        let target = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 4096)
        target.initializeMemory(as: UInt8.self, repeating: 1)
        let weights = UnsafeBufferPointer(floats)
        let small = target.bindMemory(to: Int8.self)
        let halves = UnsafeMutableBufferPointer(rebasing: target.assumingMemoryBound(to: UInt16.self)[..<floats.count])
        let kernels = WeightKernels.fast
        let piece = 1 << 16

        let suite = BenchmarkSuite(name: "256 MiB", settings: Iterations(15), WarmupIterations(2)) { suite in
            suite.benchmark("copy") { target.copyMemory(from: UnsafeRawBufferPointer(weights)) }
            suite.benchmark("absmax") { blackHole(kernels.extent(weights)) }
            suite.benchmark("int8 with error sums and absmax") { blackHole(kernels.quantize(weights, 100, small)) }
            suite.benchmark("the same piece by piece") {
                for start in stride(from: 0, to: weights.count, by: piece) {
                    let part = UnsafeBufferPointer(rebasing: weights[start..<start + piece])
                    blackHole(kernels.quantize(part, 100, UnsafeMutableBufferPointer(rebasing: small[start...])))
                }
            }
            suite.benchmark("fp32 → fp16") { kernels.narrow(weights, halves) }
            suite.benchmark("fp16 → fp32") { kernels.widen(UnsafeBufferPointer(halves), floats) }
        }
        Benchmark.main([suite])
    }
}

/// Keeps the compiler from leaving out what nobody looks at.
@inline(never)
private func blackHole(_ value: some Any) {
    _ = value
}
