public import SystemPackage
public import Vocabulary

/// Publishes models below one output folder: a finished model appears all at once or not at all.
///
/// ```
/// <output>/vision/resnet18/17/            one folder a run, whole from the moment it has this name
/// <output>/vision/resnet18/latest -> 17   flipped by one rename
/// ```
///
/// The calls block while the disk works. One publisher at a time may work below an output folder; readers need no care.
public struct Publisher: Sendable {
    /// The output folder; it must be there.
    public let output: FilePath
    let disk: Disk
    private let lock: OutputLock?

    /// A publisher that has the output folder for itself, for as long as it or a copy of it lives.
    ///
    /// - Throws: `PublishingError` where another publisher has it, or it cannot be opened.
    public init(locking output: FilePath) throws(PublishingError) {
        self.init(output: output, lock: try OutputLock(on: output))
    }

    /// A publisher for questions alone, which takes nothing for itself.
    public init(reading output: FilePath) {
        self.init(output: output)
    }

    init(output: FilePath, disk: Disk = Disk(), lock: OutputLock? = nil) {
        self.output = output
        self.disk = disk
        self.lock = lock
    }

    /// Where a run of a model lies, published or not.
    public func path(of run: PublishedRun) throws(PublishingError) -> FilePath {
        try modelPath(of: run.model).appending(String(run.run))
    }

    /// Where the runs of a model and its `latest` lie.
    public func modelPath(of model: ModelName) throws(PublishingError) -> FilePath {
        try ModelFolder(of: model, below: output).parts.reduce(output) { $0.appending($1) }
    }

    /// The run that `latest` of a model says; nil where there is none.
    public func latest(of model: ModelName) throws(PublishingError) -> Int? {
        let folder = try modelPath(of: model)
        guard try disk.leadsToFolder(folder) else { return nil }
        return try LatestLink(in: folder, disk: disk).target().flatMap(ModelFolder.runNumber)
    }

    /// Refuses where the file system of the output folder has less than this many bytes free, so that a model that
    /// cannot fit is not even computed.
    public func requireSpace(_ bytes: Int64) throws(PublishingError) {
        try requireOutput()
        let free = try disk.freeBytes(at: output)
        if free < bytes { throw PublishingError(.noSpace(wanted: bytes, free: free), at: output) }
    }

    /// Makes a hidden folder beside the place of this run, to be filled and then committed.
    ///
    /// The folders above are made where they are missing. Refuses where the run has its folder already.
    public func stage(_ run: PublishedRun) throws(PublishingError) -> StagedFolder {
        try requireOutput()
        let folder = try ModelFolder(of: run.model, below: output)
        var ancestors = [output]
        for part in folder.parts {
            let next = (ancestors.last ?? output).appending(part)
            if try !disk.makeFolder(next), try !disk.leadsToFolder(next) {
                throw PublishingError(.foreign, at: next)
            }
            ancestors.append(next)
        }
        let destination = (ancestors.last ?? output).appending(String(run.run))
        guard try disk.entry(at: destination) == nil else { throw PublishingError(.runExists, at: destination) }
        let temporary = destination.removingLastComponent().appending(TemporaryName.fresh(for: String(run.run)))
        guard try disk.makeFolder(temporary) else { throw PublishingError(.foreign, at: temporary) }
        return StagedFolder(path: temporary, destination: destination, ancestors: ancestors.reversed(), disk: disk)
    }

    func requireOutput() throws(PublishingError) {
        guard try disk.leadsToFolder(output) else { throw PublishingError(.noOutputFolder, at: output) }
        // What is published where a disk was unmounted is hidden as soon as it is mounted again.
        if let lock, !lock.holds(output) { throw PublishingError(.otherOutputFolder, at: output) }
    }
}
