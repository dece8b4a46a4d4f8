"""Files that are refused, beside the same files whole."""
import shutil
import struct

from measuring import in_turn, removing, run, seconds
from page import Table
from quantizing import files, model


def damaged(stem, target, what):
    """A copy of a triple with one thing wrong with it."""
    for ending in ("param", "bin", "table"):
        shutil.copyfile(f"{stem}.{ending}", f"{target}.{ending}")
    bin, param, table = (target.with_suffix(f".{ending}") for ending in ("bin", "param", "table"))
    size = bin.stat().st_size
    if what == ".bin one byte short":
        with open(bin, "r+b") as file:
            file.truncate(size - 1)
    elif what == ".bin one byte long":
        with open(bin, "ab") as file:
            file.write(b"x")
    elif what == ".bin begins with a tag that no one knows":
        with open(bin, "r+b") as file:
            file.write(struct.pack("<I", 0x12345677))
    elif what == ".param whose last line is cut":
        param.write_text(param.read_text()[:-12])
    elif what == ".param of 64 MiB in one line":
        param.write_bytes(b"7767517\n1 1\n" + b"x" * (64 << 20))
    elif what == ".param of zeros, 64 MiB":
        param.write_bytes(bytes(64 << 20))
    elif what == ".table of another model":
        table.write_text("another_param_0 1 2 3\nanother 1\n")
    elif what == ".table of 64 MiB without an end of line":
        table.write_bytes(b"1 " * (32 << 20))


DAMAGES = (".bin one byte short", ".bin one byte long", ".bin begins with a tag that no one knows",
           ".param whose last line is cut", ".param of 64 MiB in one line", ".param of zeros, 64 MiB",
           ".table of another model", ".table of 64 MiB without an end of line")


def section(bench):
    """No bad file takes longer than the good one."""
    stem = model(bench, SIZE)
    table = Table(f"{SIZE}, 102 MB", "s, median (least to most)", "× good")
    tasks = {"good": lambda: run(bench.quantctl, "quantize", *files(stem, bench.scratch))}
    for index, what in enumerate(DAMAGES):
        target = bench.scratch / f"bad{index}"
        damaged(stem, target, what)
        tasks[what] = lambda target=target: run(bench.quantctl, "quantize", *files(target, bench.scratch), fails=True)
    costs = in_turn(tasks, bench.rounds, removing(bench.scratch / "out.param", bench.scratch / "out.bin"))
    good = seconds(costs["good"]).median
    for what, runs in costs.items():
        table.add(what, seconds(runs).text(), f"{seconds(runs).median / good:.2f}")
    for index in range(len(DAMAGES)):
        removing(*(bench.scratch / f"bad{index}.{ending}" for ending in ("param", "bin", "table")))()
    return [table]


SIZE = "resnet50"
