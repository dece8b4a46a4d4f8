import LayerCatalogue
import ModelFormat
import Vocabulary

/// Looks into a triple: are all its bytes there?
enum Inspector {
    /// - Throws: `FormatError` where the disk is at fault.
    static func inspect(_ triple: Triple) throws -> Inspection {
        let inspection = try look(triple)
        let isUnchanged = triple.files.allSatisfy { FileIdentity(of: $0.path) == $0.identity }
        return isUnchanged ? inspection : .changed
    }

    private static func look(_ triple: Triple) throws -> Inspection {
        do {
            let param = try QuantizeJob.readParam(triple.param.path)
            switch try Model.inspect(param, bin: FileBytes(triple.bin.path)) {
            case .whole:
                return .whole
            case .short(let found, let wanted, let isExact):
                return .short(found: Int64(found), wanted: Int64(wanted), exact: isExact)
            case .long(let found, let wanted):
                return .broken("\(triple.bin.path.lastComponent?.string ?? "") has \(found) bytes, wanted \(wanted)")
            }
        } catch  where error.isBlocked {
            throw error
        } catch {
            return .broken("\(error)")
        }
    }
}
