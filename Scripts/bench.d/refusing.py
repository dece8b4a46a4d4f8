"""Bad files, beside the same files whole."""
import os
import shutil
import struct
from pathlib import Path

from measuring import in_turn, peak, removing, run, seconds
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
    elif what == ".table of another model":
        table.write_text("another_param_0 1 2 3\nanother 1\n")
    elif what == NAN:
        # The last weights, before the biases of a thousand classes.
        with open(bin, "r+b") as file:
            file.seek(size - 4 * 1001)
            file.write(struct.pack("<f", float("nan")))


# It is not refused: all layers are written, and then again with that one as it was.
NAN = "a NaN in the last layer, which stays float"
DAMAGES = (".bin one byte short", ".bin one byte long", ".bin begins with a tag that no one knows",
           ".param whose last line is cut", ".table of another model", NAN)

MIB = 1 << 20


def layers(stem):
    """A sound .param of 64 MiB: nothing but ReLU, and so an empty .bin."""
    line = "ReLU relu{0:07} 1 1 blob{0:07} blob{1:07}\n"
    count = 64 * MIB // len(line.format(0, 1))
    with open(f"{stem}.param", "w") as file:
        file.write(f"7767517\n{count + 1} {count + 1}\nInput in 0 1 blob0000000\n")
        file.writelines(line.format(number, number + 1) for number in range(count))
    open(f"{stem}.bin", "wb").close()


def scales(stem):
    """A sound .table of 64 MiB, for one layer with as many outputs as it has scales."""
    count = 64 * MIB // len(" 31.25000")
    with open(f"{stem}.param", "w") as file:
        file.write(f"7767517\n2 2\nInput in 0 1 data 0=1\nInnerProduct fc 1 1 data out 0={count} 1=0 2={count}\n")
    with open(f"{stem}.bin", "wb") as file:
        file.write(struct.pack("<I", 0) + struct.pack("<f", 2.0) * count)
    with open(f"{stem}.table", "w") as file:
        file.write("fc_param_0" + " 31.25000" * count + "\nfc 42.0\n")


# What is no model at all, but someone might send: the ending, what makes a sound file of this size, and what is wrong.
TEXTS = (
    (".param", layers, ((".param of zeros", lambda: bytes(64 * MIB)),
                        (".param of one line", lambda: b"7767517\n1 1\n" + b"x" * (64 * MIB)),
                        (".param of names that no layer makes", lambda: unknown(b"ReLU r 1 1 nothing b\n")))),
    (".table", scales, ((".table of one line", lambda: b"1 " * (32 * MIB)),
                        (".table of zeros", lambda: bytes(64 * MIB)),
                        (".table of rows of another model", lambda: b"x 1.5\n" * (64 * MIB // 6)))),
)


def unknown(line):
    count = 64 * MIB // len(line)
    return b"7767517\n%d %d\n" % (count, count) + line * count


def section(bench):
    """No file that is refused takes longer than a good one."""
    return [broken_models(bench), *(large_texts(bench, *text) for text in TEXTS)]


def broken_models(bench):
    """A model of 102 MB with one thing wrong with it."""
    stem = model(bench, SIZE)
    tasks = {"good": lambda: run(bench.quantctl, "quantize", *files(stem, bench.scratch))}
    for index, what in enumerate(DAMAGES):
        target = bench.scratch / f"bad{index}"
        damaged(stem, target, what)
        arguments = [bench.quantctl, "quantize", *files(target, bench.scratch)]
        tasks[what] = lambda arguments=arguments, fails=what != NAN: run(*arguments, fails=fails)
    table = compared(bench, f"{SIZE}, 102 MB", tasks, bench.rounds)
    for index in range(len(DAMAGES)):
        removing(*(bench.scratch / f"bad{index}.{ending}" for ending in ("param", "bin", "table")))()
    return table


def large_texts(bench, ending, sound, wrongs):
    """Files of 64 MiB beside a sound one."""
    good = bench.scratch / "good"
    sound(good)

    def quantize(stem, **options):
        names = files(stem, bench.scratch)
        return run(bench.quantctl, "quantize", *(names if ending == ".table" else names[:-1]), **options)

    tasks = {"good": lambda: quantize(good)}
    for index, (what, content) in enumerate(wrongs):
        stem = bench.scratch / f"bad{index}"
        for other in (".param", ".bin", ".table"):
            if other == ending:
                Path(f"{stem}{other}").write_bytes(content())
            elif Path(f"{good}{other}").exists():
                os.link(f"{good}{other}", f"{stem}{other}")
        tasks[what] = lambda stem=stem: quantize(stem, fails=True)
    table = compared(bench, f"{ending} of 64 MiB", tasks, 3)
    for stem in (good, *(bench.scratch / f"bad{index}" for index in range(len(wrongs)))):
        removing(*(Path(f"{stem}{other}") for other in (".param", ".bin", ".table")))()
    return table


def compared(bench, head, tasks, rounds):
    costs = in_turn(tasks, rounds, removing(bench.scratch / "out.param", bench.scratch / "out.bin"))
    good = seconds(costs["good"]).median
    table = Table(head, "s, median (least to most)", "MiB", "× good")
    for what, runs in costs.items():
        table.add(what, seconds(runs).text(), f"{peak(runs):.0f}", f"{seconds(runs).median / good:.2f}")
    return table


SIZE = "resnet50"
