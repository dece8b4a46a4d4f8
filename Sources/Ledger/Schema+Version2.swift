extension Schema {
    /// A `.bin` that is certainly new is known as such before it is hashed.
    static let version2 = """
        -- Of each `.bin` that a run has read. Those of runs before this table are missing, which costs nothing: only a run of
        -- the same program's version can be used again.
        CREATE TABLE partial_digest (
            value INTEGER NOT NULL PRIMARY KEY
        ) STRICT;
        """
}
