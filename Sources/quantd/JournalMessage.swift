/// What each kind of event is called in the journal: `journalctl MESSAGE_ID=…` finds all of a kind, whatever their words.
enum JournalMessage {
    static let ids: [String: String] = [
        "started": "681e4548b59b46869e68eebb63d16d43",
        "stopped": "3be4a83d5eaf4060bc1e6f49c8a13b9c",
        "published": "2c92f02b25ce4a428f3eb441879b618b",
        "cached": "cf3620afb89a4512b3cc1b68f9915a8c",
        "rejected": "93c94897faf74cf4b5be238fb6c8c327",
        "failed": "39079f57c2ad4f899510a0ef43bc8215",
        "blocked": "0fa830ad15d147f496902837f4296f95",
        "worker died": "91e42ce954b24b3c9a169bbdfc21f2cb",
        "reloaded": "1c91155d9d824e3293f2aaf91242d657",
        "refused": "c383d60709d84317b4a20e26d45f5ee8",
    ]
}
