"""`quantctl quantize` beside upstream's tool and beside cp of the same bytes."""
from measuring import in_turn, peak, removing, run, seconds
from networks import network
from page import Table

SIZES = ("resnet50", "vision_transformer", "vgg16")


def model(bench, name):
    """The stem of a model in the cache, written once."""
    stem = bench.cache / name
    if not stem.with_suffix(".table").exists():
        bench.say(f"writing {name}")
        network(name).write(stem)
    return stem


def files(stem, out):
    return [f"{stem}.param", f"{stem}.bin", out / "out.param", out / "out.bin", f"{stem}.table"]


def tools(bench, stem):
    """What is timed on a model, each with outputs of its own."""
    quiet = bench.scratch
    copy = quiet / "copy.bin"
    tasks = {"cp": lambda: run("cp", f"{stem}.bin", copy),
             "quantctl quantize": lambda: run(bench.quantctl, "quantize", *files(stem, quiet))}
    if bench.upstream:
        tasks["ncnn2int8"] = lambda: run(bench.upstream, *files(stem, quiet))
    return tasks, removing(copy, quiet / "out.param", quiet / "out.bin")


def section(bench):
    table = Table("model", ".bin", "tool", "s, median (least to most)", "processor s", "MiB", "× cp", "× ncnn2int8")
    for name in SIZES[:1] if bench.quick else SIZES:
        stem = model(bench, name)
        tasks, before = tools(bench, stem)
        costs = in_turn(tasks, bench.rounds, before)
        copy = seconds(costs["cp"]).median
        theirs = seconds(costs["ncnn2int8"]).median if bench.upstream else None
        for tool, runs in costs.items():
            spread = seconds(runs)
            processor = sum(cost.processor for cost in runs) / len(runs)
            table.add(
                name if tool == "cp" else "", f"{stem.with_suffix('.bin').stat().st_size / 1e6:.0f} MB" if tool == "cp" else "",
                tool, spread.text(), f"{processor:.2f}", f"{peak(runs):.0f}", f"{spread.median / copy:.2f}",
                f"{spread.median / theirs:.2f}" if theirs else "–")
    return [table]
