/// What reading the bytes of a triple showed.
public enum Inspection: Hashable, Sendable, Codable {
    /// The `.bin` is what the `.param` says, to the byte.
    case whole
    /// The `.bin` is still being copied: so many bytes are there of so many wanted. Where `exact` is false the count
    /// wanted takes the missing arrays for stored like those that are there.
    case short(found: Int64, wanted: Int64, exact: Bool)
    /// More bytes will not mend it; the reason is a lower-case clause.
    case broken(String)
    /// A file changed while it was being read.
    case changed
}
