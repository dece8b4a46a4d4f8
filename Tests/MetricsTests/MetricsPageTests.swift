import Metrics
import Testing

@Suite struct MetricsPageTests {
    @Test("a histogram counts each value in every bucket that holds it")
    func histogram() {
        var page = MetricsPage()
        for value in [0.05, 0.5, 7000, .nan] { page.seconds.add(value) }
        #expect(page.text.contains("quantd_run_duration_seconds_bucket{le=\"0.1\"} 1\n"))
        #expect(page.text.contains("quantd_run_duration_seconds_bucket{le=\"0.5\"} 2\n"))
        #expect(page.text.contains("quantd_run_duration_seconds_bucket{le=\"3600\"} 2\n"))
        #expect(page.text.contains("quantd_run_duration_seconds_bucket{le=\"+Inf\"} 3\n"))
        #expect(page.text.contains("quantd_run_duration_seconds_sum 7000.55\n"))
        #expect(page.text.contains("quantd_run_duration_seconds_count 3\n"))
    }

    @Test("every line is a comment or a sample of a family that was announced, and counters end in _total")
    func format() throws {
        var page = MetricsPage()
        page.version = "1\"2\\3"
        page.lastScan = 1.5
        page.disks = [.init(folder: "output", free: 1e12, size: .infinity)]
        var kinds: [Substring: Substring] = [:]
        for line in page.text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if line.hasPrefix("# TYPE") {
                kinds[words[2]] = words[3]
            } else if !line.hasPrefix("#") {
                let match = try #require(
                    line.wholeMatch(of: #/([a-z0-9_]+)(\{[a-z]+="(?:[^"\\]|\\.)*"\})? (\S+)/#), "\(line)")
                let name = match.1
                let family = kinds[name] == nil ? name[..<(name.lastIndex(of: "_") ?? name.endIndex)] : name
                let kind = try #require(kinds[family], "\(line)")
                #expect((kind == "counter") == name.hasSuffix("_total"), "\(line)")
                #expect(match.3 == "+Inf" || Double(match.3) != nil, "\(line)")
            }
        }
        #expect(page.text.contains("quantd_info{version=\"1\\\"2\\\\3\"} 1\n"))
        #expect(page.text.contains("quantd_disk_size_bytes{folder=\"output\"} +Inf\n"))
    }

    @Test("every outcome and every watch mode is there, also those that have not come about")
    func zeros() {
        var page = MetricsPage()
        page.runs = ["failed": 3]
        page.watchMode = "polling"
        #expect(page.text.contains("quantd_runs_total{status=\"published\"} 0\n"))
        #expect(page.text.contains("quantd_runs_total{status=\"failed\"} 3\n"))
        #expect(page.text.contains("quantd_watch_mode{mode=\"inotify\"} 0\n"))
        #expect(page.text.contains("quantd_watch_mode{mode=\"polling\"} 1\n"))
    }
}
