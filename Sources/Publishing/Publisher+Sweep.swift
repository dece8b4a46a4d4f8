public import SystemPackage
import Vocabulary

extension Publisher {
    /// What a sweep did.
    public struct Sweep: Sendable {
        /// Temporary things and run folders that are gone now.
        public internal(set) var removed: [FilePath] = []
        /// Run folders that should have gone, but hold something that no publisher put there.
        public internal(set) var foreign: [FilePath] = []
        /// Where the sweep could not look or not remove; the rest was swept all the same.
        public internal(set) var failures: [PublishingError] = []
    }

    /// Tidies up after a crash: removes everything of ours under a temporary name, and each run folder that may not
    /// exist.
    ///
    /// Call it before anything is staged. It touches nothing that no publisher made, and follows no symbolic links.
    /// Where `latest` would lose its folder, it is first flipped to the highest run that stays.
    ///
    /// A run that the ledger does not know *at all* is better kept: then it is the ledger that was lost, and no model
    /// should go with it. What a crash leaves behind is a folder whose run the ledger knows and has not ended.
    ///
    /// - Parameter mayExist: Is this run folder to stay?
    public func sweep(keeping mayExist: (PublishedRun) -> Bool) throws(PublishingError) -> Sweep {
        try requireOutput()
        var sweep = Sweep()
        visit(output, [], mayExist, &sweep)
        return sweep
    }

    /// Removes what earlier attempts at a run left: temporary things that a failing disk kept, and a run folder that was
    /// published and then disowned; false where there is no such folder.
    ///
    /// `latest` is first flipped to the highest run that stays. Refuses a folder that holds anything of someone else's.
    /// Call it before anything of this model is staged.
    @discardableResult
    public func withdraw(_ run: PublishedRun) throws(PublishingError) -> Bool {
        try requireOutput()
        let folder = try modelPath(of: run.model)
        guard try disk.leadsToFolder(folder) else { return false }
        for name in try disk.list(folder) where TemporaryName.matches(name.string) {
            try disk.removeTree(folder.appending(name))
        }
        let path = folder.appending(String(run.run))
        guard try disk.entry(at: path) != nil else { return false }
        guard try isOurs(path) else { throw PublishingError(.foreign, at: path) }
        try flipLatest(in: folder, without: run.run)
        // The final name goes first and at once: nobody shall see half a run folder.
        let temporary = folder.appending(TemporaryName.fresh(for: String(run.run)))
        try disk.rename(path, to: temporary)
        try disk.removeTree(temporary)
        try disk.sync(folder)
        return true
    }

    private func visit(
        _ folder: FilePath, _ parts: [String], _ mayExist: (PublishedRun) -> Bool, _ sweep: inout Sweep
    ) {
        // Of a folder that is no model's, nothing can be ours but the models below.
        let model = ModelFolder.model(at: parts)
        do throws(PublishingError) {
            for component in try disk.list(folder) {
                let name = component.string
                // A name that is not UTF-8 is none of ours.
                guard FilePath.Component(name) == component else { continue }
                let place = folder.appending(component)
                settle(place, name, parts, model, mayExist, &sweep)
            }
            if model != nil { try flipLatest(in: folder, without: nil) }
        } catch {
            sweep.failures.append(error)
        }
    }

    private func settle(
        _ place: FilePath, _ name: String, _ parts: [String], _ model: ModelName?,
        _ mayExist: (PublishedRun) -> Bool, _ sweep: inout Sweep
    ) {
        do throws(PublishingError) {
            let entry = try disk.entry(at: place)
            if model != nil, TemporaryName.matches(name) {
                guard entry == .folder || entry == .link else { return }
                try disk.removeTree(place)
                sweep.removed.append(place)
            } else if let model, let number = ModelFolder.runNumber(name) {
                let run = PublishedRun(model: model, run: number)
                guard entry == .folder, !mayExist(run) else { return }
                guard try isOurs(place) else { return sweep.foreign.append(place) }
                try withdraw(run)
                sweep.removed.append(place)
            } else if entry == .folder, ModelFolder.model(at: parts + [name]) != nil {
                visit(place, parts + [name], mayExist, &sweep)
            }
        } catch {
            sweep.failures.append(error)
        }
    }

    /// Did a publisher make this run folder, and has no one added to it? Then its `SHA256SUMS` names each file in it.
    private func isOurs(_ folder: FilePath) throws(PublishingError) -> Bool {
        let sums = folder.appending(Checksums.fileName)
        guard case .file = try disk.entry(at: sums), let bytes = try disk.read(sums, limit: 1 << 20),
            let text = String(validating: bytes, as: UTF8.self), let known = Checksums.parse(text)
        else { return false }
        for name in try disk.list(folder) where name.string != Checksums.fileName {
            guard known[name.string] != nil, case .file = try disk.entry(at: folder.appending(name)) else {
                return false
            }
        }
        return true
    }

    /// Flips `latest` to the highest run where it says a run that is not there, or `gone`, which is about to go.
    private func flipLatest(in folder: FilePath, without gone: Int?) throws(PublishingError) {
        let latest = LatestLink(in: folder, disk: disk)
        guard case .link = try disk.entry(at: latest.path), let target = try latest.target(),
            let current = ModelFolder.runNumber(target)
        else { return }
        let isThere = try disk.leadsToFolder(folder.appending(target))
        guard current == gone || !isThere else { return }
        var highest: Int?
        for name in try disk.list(folder) {
            guard let run = ModelFolder.runNumber(name.string), run != gone,
                try disk.entry(at: folder.appending(name)) == .folder
            else { continue }
            highest = max(highest ?? run, run)
        }
        try latest.point(to: highest.map(String.init))
    }
}
