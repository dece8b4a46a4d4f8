import SystemPackage
import Vocabulary

extension Assembler {
    mutating func see(_ path: FilePath, _ identity: FileIdentity) -> [AssemblyAction] {
        guard let place = FilePlace(path, below: root) else { return [] }
        let sighting = Assembly.Sighting(file: Triple.File(path: path, identity: identity), listing: listing)
        let before = models[place.name]?.files ?? [:]
        if before.isEmpty {
            folders.insert(place.name, in: place.folder)
        }
        edit(place.name) { model in
            model.folder = place.folder
            model.files[place.role] = sighting
        }
        guard before[place.role]?.file != sighting.file else { return [] }
        noteChange(of: place.name, place.role)
        return readSettings(of: place.name)
    }

    /// A model's own settings are read once for each state of theirs. Those of no model are nobody's business.
    mutating func readSettings(of name: ModelName) -> [AssemblyAction] {
        guard let model = models[name], model.files[.param] != nil || model.files[.bin] != nil,
            let file = model.files[.settings]?.file, file != model.settingsAsked
        else { return [] }
        models[name]?.settingsAsked = file
        return [.readSettings(name, file)]
    }

    mutating func lose(_ path: FilePath) {
        guard let place = FilePlace(path, below: root) else { return }
        lose(place.role, of: place.name)
    }

    mutating func loseFolder(_ path: FilePath) {
        guard let folder = path.bytes(below: root) else { return }
        for name in folders.models(below: Array(folder)) {
            for role in FileRole.allCases {
                lose(role, of: name)
            }
        }
    }

    mutating func beginListing() {
        listing += 1
        isListing = true
    }

    mutating func endListing() {
        guard isListing else { return }
        isListing = false
        let unseen = models.filter { $0.value.files.values.contains { $0.listing < listing } }.keys.sorted()
        for name in unseen {
            for role in FileRole.allCases where (models[name]?.files[role]?.listing ?? listing) < listing {
                lose(role, of: name)
            }
        }
    }

    private mutating func lose(_ role: FileRole, of name: ModelName) {
        guard models[name]?.files.removeValue(forKey: role) != nil, let model = models[name] else { return }
        if model.files.isEmpty {
            folders.remove(name, from: model.folder)
        }
        noteChange(of: name, role)
        forgetIfEmpty(name)
    }

    /// A table may serve several models; every other file serves the one that bears its name.
    private mutating func noteChange(of name: ModelName, _ role: FileRole) {
        guard role == .table else { return noteChange(of: name) }
        for user in tableUsers[name, default: []].sorted() {
            noteChange(of: user)
        }
    }

    /// Changes what is known of a model, which is made known where it is not.
    mutating func edit(_ name: ModelName, _ change: (inout Assembly) -> Void) {
        if models[name] == nil {
            for table in name.tableNames {
                tableUsers[table, default: []].insert(name)
            }
        }
        change(&models[name, default: Assembly(changed: now, tableNames: name.tableNames)])
    }

    mutating func forgetIfEmpty(_ name: ModelName) {
        guard let model = models[name], model.isEmpty else { return }
        models[name] = nil
        for table in model.tableNames {
            tableUsers[table]?.remove(name)
            if tableUsers[table]?.isEmpty == true { tableUsers[table] = nil }
        }
    }

    /// The model's files as they stand now; nil where one is missing.
    func triple(of name: ModelName, _ model: Assembly) -> Triple? {
        guard let param = model.files[.param], let bin = model.files[.bin] else { return nil }
        let table = table(for: model)
        guard table != nil || goesWithoutTable(model) else { return nil }
        return Triple(
            name: name, param: param.file, bin: bin.file, table: table?.file, settings: model.files[.settings]?.file)
    }

    /// Whether the model needs no table. Its own settings decide; as long as those that lie there were not read, no one
    /// knows, and it does not go on without one.
    func goesWithoutTable(_ model: Assembly) -> Bool {
        guard let file = model.files[.settings]?.file else { return settings.tableOptional }
        return model.ownSettings?.file == file && model.ownSettings?.tableOptional == true
    }

    /// The first of the tables that the model may use, and the name under which it was found.
    func table(for model: Assembly) -> (name: ModelName, file: Triple.File)? {
        for name in model.tableNames {
            if let table = models[name]?.files[.table] { return (name, table.file) }
        }
        return nil
    }
}
