"""The engine that runs the twins beside ncnn's own runtime, the wheel from PyPI, where `import ncnn` finds it."""
import json
import statistics
import subprocess
import sys
import time

NAMES = ("squeezenet", "mobilenet_v2", "resnet18", "resnet50", "vision_transformer", "lstm", "span")
RUNS = 5


def peer(param, binary, shape, threads, mode):
    """Milliseconds of each run in the wheel; for a process of its own."""
    import ncnn
    import numpy as np

    net = ncnn.Net()
    net.opt.num_threads = threads
    if mode == "fp32":
        for option in ("use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic", "use_bf16_storage"):
            setattr(net.opt, option, False)
    if net.load_param(param) or net.load_model(binary):
        sys.exit(f"{param}: the runtime does not load it")
    data = ncnn.Mat(np.random.default_rng(1).standard_normal(shape, np.float32))
    times = []
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        extractor = net.create_extractor()
        extractor.input("data", data)
        if extractor.extract("output")[0]:
            sys.exit(f"{param}: the runtime does not run it")
        times.append(1000 * (time.perf_counter() - start))
    # The first run warms up.
    print(json.dumps(times[1:]))


def answer(*command):
    return json.loads(subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout)


def one_turn(bench, stem, shape, threads, has_peer):
    """Milliseconds of a run: ours, the wheel's without 16-bit numbers, and the wheel's as it is by default."""
    files = [stem.with_suffix(".param"), stem.with_suffix(".bin")]
    ours = answer(bench.quantctl, "bench", *files, "--threads", threads, "--runs", RUNS, "--json")["median_ms"]
    peers = [answer(sys.executable, __file__, *files, json.dumps(shape), threads, mode) for mode in ("fp32", "default")] \
        if has_peer else []
    return [ours, *map(statistics.median, peers)]


def section(bench):
    from networks import NETWORKS
    from page import Table
    from quantizing import model

    has_peer = subprocess.run([sys.executable, "-c", "import ncnn"], capture_output=True).returncode == 0
    table = Table(
        "model", "threads", "ours ms", "ncnn ms", "ncnn default ms", "ours / ncnn (least to most)", "ours / default")
    for name in NAMES[:2] if bench.quick else NAMES:
        stem = model(bench, name)
        twin = stem.with_name(f"{name}-int8")
        subprocess.run(
            [bench.quantctl, "quantize", *(f"{path}.{end}" for path in (stem, twin) for end in ("param", "bin")),
             f"{stem}.table"], check=True, capture_output=True)
        for kind, path in (("fp32", stem), ("int8", twin)):
            for threads in (1, 2):
                bench.say(f"running {name} {kind} on {threads}")
                turns = [one_turn(bench, path, NETWORKS[name][1], threads, has_peer) for _ in range(max(3, bench.rounds // 2))]
                medians = [f"{statistics.median(times):.1f}" for times in zip(*turns)]
                ratios = [sorted(turn[0] / turn[mode] for turn in turns) for mode in range(1, len(turns[0]))]
                shares = [f"{statistics.median(of):.2f}" for of in ratios]
                if shares:
                    shares[0] += f" ({ratios[0][0]:.2f} to {ratios[0][-1]:.2f})"
                missing = ["–", "–"] if not has_peer else []
                table.add(f"{name} {kind}" if threads == 1 else "", threads, *medians, *missing, *shares, *missing)
    return [table]


if __name__ == "__main__":
    parameters, weights, extents, count, kind_of_run = sys.argv[1:]
    peer(parameters, weights, json.loads(extents), int(count), kind_of_run)
