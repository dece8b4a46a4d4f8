public import Images
public import Inference
import ModelFormat
import Numerics
public import SystemPackage

extension Samples {
    /// The samples of a folder that holds images for a model with one input, perhaps with `labels.txt`, or else arrays.
    ///
    /// - Parameter images: what the model wants done to images.
    /// - Throws: `EvaluationError` where the folder holds both or neither, where a file is missing or none, or where
    ///   something does not fit the model.
    public init(
        folder: FilePath, for network: Network, images settings: ImageSettings
    ) throws(EvaluationError) {
        let name = folder.lastComponent?.string ?? folder.string
        let files: ImageFolder
        do {
            files = try ImageFolder(folder)
        } catch {
            throw .format(error)
        }
        let array = files.others.first { $0.hasSuffix(".npy") }
        switch (files.images.first, array) {
        case (nil, nil):
            throw .samples(file: name, clause: "has neither images (PNG, JPEG) nor arrays (<input blob>.npy)")
        case (nil, _?): try self.init(folder: folder, for: network)
        case (_?, "labels.npy"):
            let clause = "has images and labels.npy: the classes of images are read from \(ImageFolder.labelsName)"
            throw .samples(file: name, clause: clause)
        case (let image?, let array?):
            throw .samples(file: name, clause: "has images (\(image)) and arrays (\(array)), wanted one of the two")
        case (_?, nil): try self.init(files, named: name, for: network, settings)
        }
    }

    private init(
        _ files: ImageFolder, named name: String, for network: Network, _ settings: ImageSettings
    ) throws(EvaluationError) {
        let inputs = network.layers.filter { $0.type == "Input" }
        guard let input = inputs.first, network.inputs.count == 1, let blob = network.inputs.first else {
            let clause = "has images, which serve a model with one input: this one has \(network.inputs.count)"
            throw .samples(file: name, clause: clause)
        }
        let reader: ImageReader
        let labels: [Int]?
        do {
            reader = try ImageReader(settings)
            labels = try files.labels()
        } catch let error as FormatError {
            throw .format(error)
        } catch {
            throw .samples(file: name, clause: "\(error)")
        }
        let wanted = InputShape.named(by: input)
        if let shape = reader.shape, let wanted, shape != wanted {
            let clause = "images.shape and images.pixel make \(shape) of an image, the model's input is \(wanted)"
            throw .samples(file: name, clause: clause)
        }
        let order = Spread(files.images.count)
        self.init(
            dataset: name, count: files.images.count,
            labels: labels.map { labels in labels.indices.map { labels[order[$0]] } }, notes: files.notes(name)
        ) { index in
            let image = files.images[order[index]]
            let tensor: Tensor
            do throws(FormatError) {
                tensor = try reader.tensor(files.path.appending(image))
            } catch {
                throw EvaluationError.format(error)
            }
            guard wanted == nil || tensor.shape == wanted else {
                let clause = "has the shape \(tensor.shape), the model's input is \(wanted ?? [])"
                throw EvaluationError.samples(file: image, clause: clause)
            }
            return [blob: tensor]
        }
    }
}

extension ImageFolder {
    /// What is in the folder and not used.
    fileprivate func notes(_ name: String) -> [String] {
        guard let other = others.first else { return [] }
        let subject =
            others.count == 1 ? "\(other) in \(name) is" : "\(other) and \(others.count - 1) more in \(name) are"
        return ["\(subject) neither PNG nor JPEG and not used"]
    }
}
