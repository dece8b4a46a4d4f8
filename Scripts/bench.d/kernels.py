"""Single kernels beside a plain copy of the same bytes, by the package in Benchmarks."""
import json
import subprocess

from measuring import Spread
from page import Table

BYTES = 256 << 20


def section(bench):
    """One core, 256 MiB of fp32 weights, as a part of the speed of a plain copy of the same bytes."""
    program = bench.root / "Benchmarks/.build/release/Kernels"
    if not program.exists():
        raise SystemExit(
            f"there is no {program}: swift build -c release --disable-build-manifest-caching --package-path Benchmarks")
    runs = {}
    for _ in range(max(1, bench.rounds // 2)):
        answer = subprocess.run([program, "--format", "json", "--quiet"], capture_output=True, text=True, check=True)
        for figure in json.loads(answer.stdout)["benchmarks"]:
            runs.setdefault(figure["name"].removeprefix("256 MiB."), []).append(BYTES / float(figure["time"]))
    copy = Spread(runs["copy"]).median
    table = Table("kernel", "GB/s of weights, median (least to most)", "of a copy")
    for name, speeds in runs.items():
        table.add(name, Spread(speeds).text(digits=1), f"{Spread(speeds).median / copy * 100:.0f} %")
    return [table]
