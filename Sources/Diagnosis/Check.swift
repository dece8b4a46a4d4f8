/// One line of a diagnosis.
public struct Check: Hashable, Sendable {
    /// How it stands. The raw value is public: it stands in JSON.
    public enum State: String, Sendable, CaseIterable {
        case ok
        /// It works, and less well than it could, or not for everyone.
        case warn
        /// It does not work.
        case fail
    }

    public let state: State
    /// What was looked at, in a word or two.
    public let subject: String
    /// What was found, as a lower-case clause.
    public let finding: String
    /// What to do; nil where nothing is to be done.
    public let advice: String?

    public init(_ state: State, _ subject: String, _ finding: String, advice: String? = nil) {
        self.state = state
        self.subject = subject
        self.finding = finding
        self.advice = advice
    }
}
