extension Schema {
    /// A `.bin` of which no earlier result can be is known as such before it is hashed. A run that ends as a copy of such a result
    /// keeps no partial digest.
    ///
    /// Runs of the first schema have no partial digest: what they made is made once more where it is wanted again.
    static let version2 = """
        ALTER TABLE run_io ADD COLUMN partial INTEGER CHECK (partial IS NULL OR role = 'bin');
        CREATE INDEX run_io_by_partial ON run_io (partial) WHERE partial IS NOT NULL;
        """
}
