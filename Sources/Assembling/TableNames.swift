import Vocabulary

extension ModelName {
    /// The names under which this model's table is looked for, the preferred one first: its own, then without a
    /// trailing `.ncnn` (pnnx writes `x.ncnn.param`), then without a trailing `-opt` (ncnn's guide to `ncnnoptimize`
    /// writes `x-opt.param`). Each is taken off once, in whichever order they stand.
    var tableNames: [ModelName] {
        var names = [self]
        var rest = text
        var endings = [".ncnn", "-opt"]
        while let index = endings.firstIndex(where: { rest.hasSuffix($0) }) {
            rest.removeLast(endings.remove(at: index).count)
            guard let last = rest.last, last != "/" else { break }
            names.append(ModelName(rest))
        }
        return names
    }
}
