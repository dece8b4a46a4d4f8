public import Vocabulary

extension Assembler {
    /// Every model that has files and no ended run of just these files, in name order.
    ///
    /// Files of no model's ending, settings on their own and tables that serve a model of another name are not listed.
    public var waiting: [WaitingModel] {
        models.keys.sorted().compactMap { name in
            reason(for: name).map { WaitingModel(name: name, reason: $0) }
        }
    }

    /// What one model waits for; nil where it waits for nothing or is not known.
    public func reason(for name: ModelName) -> WaitingReason? {
        guard let model = models[name] else { return nil }
        return switch model.phase {
        case .settling(_, let time): .settling(until: time)
        case .inspecting: .inspecting
        case .short(_, let found, let wanted, let exact): .bytes(found: found, wanted: wanted, exact: exact)
        case .running: .running
        case .ended: nil
        case .gathering: reasonForGathering(name, model)
        }
    }

    private func reasonForGathering(_ name: ModelName, _ model: Assembly) -> WaitingReason? {
        if model.files[.binaryParam] != nil, model.files[.param] == nil {
            return .unusable("\(name).param.bin is ncnn's binary param form; the text form \(name).param is needed")
        }
        let hasNetwork = model.files[.param] != nil || model.files[.bin] != nil
        guard hasNetwork || model.files[.table] != nil && !servesAnother(name) else { return nil }
        var missing: [MissingFile] = []
        if model.files[.param] == nil {
            missing.append(MissingFile(kind: .param, tried: ["\(name).param"]))
        }
        if model.files[.bin] == nil {
            missing.append(MissingFile(kind: .bin, tried: ["\(name).bin"]))
        }
        if table(for: model) == nil, !goesWithoutTable(model) {
            missing.append(MissingFile(kind: .table, tried: model.tableNames.map { "\($0).table" }))
        }
        return .missing(missing)
    }

    /// Whether the table of this name is the one that a model of another name uses.
    private func servesAnother(_ table: ModelName) -> Bool {
        tableUsers[table, default: []].contains { user in
            guard user != table, let model = models[user] else { return false }
            let hasNetwork = model.files[.param] != nil || model.files[.bin] != nil
            return hasNetwork && self.table(for: model)?.name == table
        }
    }
}
