#!/usr/bin/env python3
"""Times models in quantctl's engine and in the ncnn wheel, in turn, and prints the ratios.

Scripts/bench.d/engine.py FOLDER [NAME…] [--quantctl PATH] [--turns N] [--threads 1,2] [--json FILE]

FOLDER is what make-models wrote. `pip install ncnn` brings the peer; without it our times stand alone. The peer runs with
16-bit arithmetic and storage switched off, as fp32 is fp32 here, and in `default` as it is. The int8 twins are ours, in
both.
"""
import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
from networks import NETWORKS  # noqa: E402


def peer(param, binary, shape, threads, runs, default):
    """Milliseconds of each run in the wheel; this runs in a process of its own."""
    import ncnn
    import numpy as np

    net = ncnn.Net()
    net.opt.num_threads = threads
    if not default:
        for option in ("use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic", "use_bf16_storage"):
            setattr(net.opt, option, False)
    if net.load_param(str(param)) or net.load_model(str(binary)):
        sys.exit(f"{param}: the runtime does not load it")
    data = ncnn.Mat(np.random.default_rng(1).standard_normal(shape, np.float32))
    times = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        extractor = net.create_extractor()
        extractor.input("data", data)
        status, output = extractor.extract("output")
        np.array(output)
        times.append(1000 * (time.perf_counter() - start))
        if status:
            sys.exit(f"{param}: the runtime does not run it")
    # The first run warms up.
    print(json.dumps(times[1:]))


def has_peer():
    return subprocess.run([sys.executable, "-c", "import ncnn"], capture_output=True).returncode == 0


def one_turn(quantctl, stem, name, threads, runs):
    """The median of ours, of the peer's, and of the peer's as it is by default."""
    files = [str(stem.with_suffix(".param")), str(stem.with_suffix(".bin"))]
    answer = subprocess.run(
        [quantctl, "bench", *files, "--threads", str(threads), "--runs", str(runs), "--json"],
        check=True, capture_output=True, text=True)
    times = {"ours": json.loads(answer.stdout)["median_ms"]}
    if has_peer():
        for mode in ("ncnn", "default"):
            answer = subprocess.run(
                [sys.executable, __file__, "--peer", mode, *files, json.dumps(NETWORKS[name][1]), str(threads), str(runs)],
                check=True, capture_output=True, text=True)
            times[mode] = statistics.median(json.loads(answer.stdout.splitlines()[-1]))
    return times


def measure(options):
    rows = []
    for name in options.names or [n for n in NETWORKS if (options.folder / f"{n}.param").exists()]:
        stem = options.folder / name
        twin = options.folder / f"{name}-int8"
        if not twin.with_suffix(".bin").exists():
            subprocess.run(
                [options.quantctl, "quantize", *(str(p) for p in (
                    stem.with_suffix(".param"), stem.with_suffix(".bin"), twin.with_suffix(".param"),
                    twin.with_suffix(".bin"), stem.with_suffix(".table")))], check=True, capture_output=True)
        for kind, model in (("fp32", stem), ("int8", twin)):
            for threads in options.threads:
                turns = [one_turn(options.quantctl, model, name, threads, options.runs) for _ in range(options.turns)]
                row = {"model": name, "kind": kind, "threads": threads}
                row |= {mode: statistics.median(turn[mode] for turn in turns) for mode in turns[0]}
                for mode in list(turns[0])[1:]:
                    ratios = sorted(turn["ours"] / turn[mode] for turn in turns)
                    row[f"of_{mode}"] = statistics.median(ratios)
                    row[f"of_{mode}_range"] = [ratios[0], ratios[-1]]
                rows.append(row)
                print(line(row), flush=True)
    return rows


HEAD = "| model | | threads | ours ms | ncnn ms | ncnn default ms | ours / ncnn | ours / default |\n" \
       "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"


def line(row):
    def number(key, digits):
        return f"{row[key]:.{digits}f}" if key in row else ""

    spread = "({:.2f} to {:.2f})".format(*row["of_ncnn_range"]) if "of_ncnn" in row else ""
    return (f"| {row['model']} | {row['kind']} | {row['threads']} | {number('ours', 1)} | {number('ncnn', 1)} | "
            f"{number('default', 1)} | {number('of_ncnn', 2)} {spread} | {number('of_default', 2)} |")


def main():
    if sys.argv[1:2] == ["--peer"]:
        mode, param, binary, shape, threads, runs = sys.argv[2:]
        peer(param, binary, json.loads(shape), int(threads), int(runs), mode == "default")
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--quantctl", default=".build/release/quantctl")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--threads", type=lambda text: [int(word) for word in text.split(",")], default=[1, 2])
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    print(HEAD)
    rows = measure(options)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
