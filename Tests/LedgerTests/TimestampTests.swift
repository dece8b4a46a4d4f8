import Testing

@testable import Ledger

@Suite("Times")
struct TimestampTests {
    @Test(
        "a time is written as RFC 3339 with microseconds, and read back",
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"), (1, "1970-01-01T00:00:00.000001Z"),
            (-1, "1969-12-31T23:59:59.999999Z"), (1_700_000_000_123_456, "2023-11-14T22:13:20.123456Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
            (-62_167_219_200_000_000, "0000-01-01T00:00:00.000000Z"),
            (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
        ] as [(Int64, String)])
    func text(microseconds: Int64, text: String) {
        #expect(Timestamp(microseconds: microseconds).description == text)
        #expect(Timestamp(text) == Timestamp(microseconds: microseconds))
    }

    @Test(
        "other spellings of the same time are read",
        arguments: [
            "2023-11-14T22:13:20.5Z", "2023-11-14t22:13:20.500z", "2023-11-14 22:13:20.500000999Z",
            "2023-11-14T23:13:20.5+01:00", "2023-11-14T16:43:20.5-05:30", "2023-11-15T00:13:20.50+02:00",
        ])
    func spellings(text: String) {
        #expect(Timestamp(text)?.description == "2023-11-14T22:13:20.500000Z")
    }

    @Test(
        "what is no time is refused",
        arguments: [
            "", "now", "2023-11-14", "2023-11-14T22:13:20", "2023-11-14T22:13:20.Z", "2023-13-14T22:13:20Z",
            "2023-02-30T00:00:00Z", "2023-02-29T00:00:00Z", "2023-11-14T24:00:00Z", "2023-11-14T22:60:00Z",
            "2023-11-14T22:13:20+0100", "2023-11-14T22:13:20Zx", "٢٠٢٣-11-14T22:13:20Z",
            "2023-11-14T22:13:20.1234567890Z",
            "+023-11-14T22:13:20Z", "2023-11-14T22:13:20+24:00",
        ])
    func refused(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test("times are moved and compared, and stop at the ends")
    func arithmetic() {
        let time: Timestamp = 10_000_000
        #expect(time.advanced(bySeconds: -1.5) == 8_500_000)
        #expect(time.advanced(bySeconds: 2).seconds(since: time) == 2)
        #expect(time < time.advanced(bySeconds: 0.000001))
        #expect(time.advanced(bySeconds: 1e300).microseconds == .max)
        #expect(time.advanced(bySeconds: -.infinity).microseconds == .min)
        #expect(Timestamp(microseconds: .max).advanced(bySeconds: 1).microseconds == .max)
    }

    @Test("the clock says a time of this century")
    func now() {
        #expect(Timestamp.now.description.hasPrefix("20"))
    }
}
