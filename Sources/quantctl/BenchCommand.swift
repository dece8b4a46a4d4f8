import ArgumentParser
import Evaluating
import Inference
import ModelFormat
import Numerics
import SystemPackage
import Working

/// `quantctl bench`: how long a model takes.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures how long a model, fp32 or int8, takes for one input, and which layers take it.",
        discussion: """
            Runs the model on noise of the size that its Input layers name, once to warm up and then --runs times. The times are \
            those of this engine on this machine; another runtime has others.

              quantctl bench net.param net.bin
              quantctl bench net-int8.param net-int8.bin --threads 2 --layers
            """)

    @Argument(help: "The model's .param.", completion: .file(extensions: ["param"]))
    var param: String

    @Argument(help: "The model's .bin.", completion: .file(extensions: ["bin"]))
    var bin: String

    @Option(help: "How many threads may be used.")
    var threads = 1

    @Option(help: "How many runs are measured.")
    var runs = 10

    @Flag(help: "List the layers, the slowest first.")
    var layers = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if !(1...1024).contains(threads) { throw ValidationError("--threads is \(threads), wanted 1 to 1024") }
        if !(1...100_000).contains(runs) { throw ValidationError("--runs is \(runs), wanted 1 to 100000") }
    }

    func run() throws {
        FreedMemory.keep()
        LargePages.preferForLayers()
        let clock = ContinuousClock()
        var network: Network?
        let loading = try clock.measure {
            network = try Network(QuantizeJob.readParam(FilePath(param)), bin: FileBytes(FilePath(bin)))
        }
        guard let network else { return }
        let inputs = try Samples.synthetic(for: network, scales: [:], count: 1).sample(0)

        var times: [Duration] = []
        var layerTimes: [Int: [Duration]] = [:]
        try Threads.with(threads) {
            for pass in 0...runs {
                var last = clock.now
                let start = last
                _ = try network.run(inputs, threads: threads) { event in
                    let now = clock.now
                    if pass > 0 { layerTimes[event.layer.index, default: []].append(now - last) }
                    last = now
                }
                // The first run warms up.
                if pass > 0 { times.append(clock.now - start) }
            }
        }
        let measured = layerTimes.map { index, times in
            BenchAnswer.Layer(layer: network.layers[index], time: times.median)
        }
        try output.show(
            BenchAnswer(
                threads: threads, loading: loading, times: times.sorted(),
                layers: measured.sorted { ($1.time, $0.index) < ($0.time, $1.index) }, listsLayers: layers))
    }
}

extension [Duration] {
    fileprivate var median: Duration {
        let sorted = self.sorted()
        return sorted.isEmpty ? .zero : (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    }
}
