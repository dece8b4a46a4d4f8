import Pipeline

/// What each kind of event is called in the journal: `journalctl MESSAGE_ID=…` finds all of a kind, whatever their words.
enum JournalMessage {
    static let ids: [EventKind: String] = [
        .started: "681e4548b59b46869e68eebb63d16d43",
        .stopped: "3be4a83d5eaf4060bc1e6f49c8a13b9c",
        .published: "2c92f02b25ce4a428f3eb441879b618b",
        .cached: "cf3620afb89a4512b3cc1b68f9915a8c",
        .rejected: "93c94897faf74cf4b5be238fb6c8c327",
        .failed: "39079f57c2ad4f899510a0ef43bc8215",
        .blocked: "0fa830ad15d147f496902837f4296f95",
        .workerDied: "91e42ce954b24b3c9a169bbdfc21f2cb",
        .reloaded: "1c91155d9d824e3293f2aaf91242d657",
        .refused: "c383d60709d84317b4a20e26d45f5ee8",
        .recovered: "fc4bddce0a92484fb438dccbdd848513",
        .degraded: "5f090d162dac4b72a169afbdee4fd841",
        .putBack: "ce8aeebb9e9e4f979525b90c0fcbbf59",
        .changed: "9a49e7a6fe39491e89e43e4c302fec91",
        .missedEvents: "bb5ed01b1b6848f489d608b83b59e264",
        .unreadable: "fed589ccb6ae4cee90f6cba80f14ee72",
        .leftovers: "aa7fa5ac389048ec91cffd98d60ac958",
        .requestRefused: "09c5df28d90144bdadbb84d6e3a11bba",
        .pruned: "0186f557354e451bb3ecc409d5ac1411",
        .metrics: "62ab4b4d2a934ce89a03d64a2c1111d3",
        .lost: "f1de017ab55a4b1ebba63e7a783d290f",
    ]
}
