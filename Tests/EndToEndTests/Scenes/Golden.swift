import Foundation
import Quantizing
import SystemPackage
import TestSupport
import Working

/// The checked-in models that scenarios and churn put into the folder, under short names, and their int8 twins.
enum Golden {
    /// Name in a scenario, name of the golden case.
    static let models = [
        "dense": "innerproduct-2d", "embed": "embed", "conv": "fuse-conv-conv", "gemm": "gemm", "digits": "digits-cnn",
    ]

    /// A file of a model as it is before: `param`, `bin` or `table`; nil where there is no such model or it has no such file.
    static func file(_ ending: String, of model: String) -> FilePath? {
        guard let golden = models[model] else { return nil }
        let path = Fixtures.golden(golden).appending("model.\(ending)")
        return Fixtures.exists(path) ? path : nil
    }

    /// A model's int8 twin, byte for byte.
    struct Twin: Hashable, Sendable {
        let param: [UInt8]
        let bin: [UInt8]

        /// What the quantizer makes of these files; the tests of `Quantizing` hold it to `ncnn2int8`.
        init(_ job: QuantizeJob) throws {
            let folder = try TemporaryFolder()
            let (param, bin) = (folder.path.appending("param"), folder.path.appending("bin"))
            _ = try job.run(param: param, bin: bin)
            self.param = try Fixtures.bytes(param)
            self.bin = try Fixtures.bytes(bin)
        }

        init(param: [UInt8], bin: [UInt8]) {
            self.param = param
            self.bin = bin
        }
    }

    /// The twins that a scenario can name: `embed` with the floats that remain narrowed as `ncnn2int8` does it, and
    /// `embed float` where all layers are excluded.
    static let twins: [Twin: String] = {
        var twins: [Twin: String] = [:]
        for model in models.keys {
            guard let param = file("param", of: model), let bin = file("bin", of: model) else { continue }
            for (suffix, exclude) in [("", []), (" float", ["*"])] {
                let job = QuantizeJob(
                    param: param, bin: bin, table: file("table", of: model),
                    settings: QuantizeSettings(floatStorage: .fp16, exclude: exclude))
                // A model that cannot be quantized has no name, and no scenario can expect it.
                if let twin = try? Twin(job) { twins[twin] = model + suffix }
            }
        }
        return twins
    }()
}
