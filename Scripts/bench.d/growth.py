"""What a model costs that is larger, has more layers or is run on more samples."""
import numpy as np

from measuring import in_turn, peak, removing, run, seconds
from models import Array, Model
from page import Table, Words
from plots import Plot, slope
from quantizing import files

ROOT_FIXTURE = "Tests/Fixtures/golden/digits-cnn"


def products(count, rows, columns):
    """InnerProducts in a row; they are quantized, never run."""
    model, blob = Model((columns,)), "data"
    for _ in range(count):
        blob = model.add("InnerProduct", [blob], f"0={rows} 1=1 2={rows * columns}",
                         [Array(rows, columns, 0.05, tagged=True, table_row=0), Array(rows)], input_scale=25)
    model.scores(blob)
    return model


def grown(bench, makers, name, title, across):
    """Times and memory over models that grow, as a table, a sentence on the slopes and a plot."""
    rounds = max(3, bench.rounds // 2)
    table = Table(across, "s, median (least to most)", "MiB", "× cp")
    times, memory, copies = [], [], []
    for size, make in makers.items():
        bench.say(f"{name}: {size}")
        stem = bench.scratch / "grown"
        make().write(stem)
        copy = bench.scratch / "copy.bin"
        costs = in_turn(
            {"cp": lambda: run("cp", f"{stem}.bin", copy),
             "quantize": lambda: run(bench.quantctl, "quantize", *files(stem, bench.scratch))},
            rounds, removing(copy, bench.scratch / "out.param", bench.scratch / "out.bin"))
        spread, cp = seconds(costs["quantize"]), seconds(costs["cp"]).median
        table.add(f"{size:,}", spread.text(), f"{peak(costs['quantize']):.0f}", f"{spread.median / cp:.2f}")
        times.append((size, spread.median))
        copies.append((size, cp))
        memory.append((size, peak(costs["quantize"])))
        for ending in ("param", "bin", "table"):
            stem.with_suffix(f".{ending}").unlink()
    removing(copy, bench.scratch / "out.param", bench.scratch / "out.bin")()
    words = Words(f"Slope of the time {slope(times):.2f} (cp {slope(copies):.2f}), of the memory {slope(memory):.2f}.")
    plot = Plot(name, title, across, "s and MiB", {"quantctl quantize, s": times, "cp, s": copies, "quantctl quantize, MiB": memory})
    return [table, words, plot]


def section_size(bench):
    """Eight layers that grow."""
    sizes = [1, 4, 16, 64] if bench.quick else [1, 4, 16, 64, 256, 1024, 2048]
    makers = {size: lambda size=size: products(8, size * 32, 1024) for size in sizes}
    return grown(bench, makers, "size", "Size of the model", "MiB of .bin")


def section_layers(bench):
    """More and more layers of 4 KiB."""
    counts = [10, 100, 1000] if bench.quick else [10, 100, 1000, 10000]
    makers = {count: lambda count=count: products(count, 32, 32) for count in counts}
    return grown(bench, makers, "layers", "Number of layers", "layers of 4 KiB")


def section_samples(bench):
    """Both twins of the digits on more and more samples."""
    fixture = bench.root / ROOT_FIXTURE
    digits = np.load(fixture / "eval-x.npy")
    counts = [10, 100] if bench.quick else [10, 100, 1000, 10000]
    table, times, memory = Table("samples", "s, median (least to most)", "MiB"), [], []
    for count in counts:
        bench.say(f"samples: {count}")
        folder = bench.scratch / "samples"
        folder.mkdir(exist_ok=True)
        np.save(folder / "in0.npy", np.resize(digits, (count, *digits.shape[1:])).astype(np.float32))
        costs = in_turn({"evaluate": lambda: run(
            bench.quantctl, "evaluate", fixture / "model.param", fixture / "model.bin", fixture / "expected-int8.param",
            fixture / "expected-int8.bin", "--inputs", folder, "--samples", count)}, max(3, bench.rounds // 2))["evaluate"]
        table.add(f"{count:,}", seconds(costs).text(), f"{peak(costs):.0f}")
        times.append((count, seconds(costs).median))
        memory.append((count, peak(costs)))
    words = Words(f"Slope of the time {slope(times):.2f}, of the memory {slope(memory):.2f}.")
    return [table, words, Plot("samples", "Samples that both twins run on", "samples", "s and MiB",
                               {"quantctl evaluate, s": times, "MiB": memory})]
