/// The version of quantd, as the ledger and provenance record it.
public enum Version {
    public static let text = "0.1.0"
}
