"""The daemon's whole job: for large models, for a small one, and for very many small ones at once."""
import os
import shutil
import subprocess
import time

from daemon import SETTLE, Daemon
from measuring import Spread, Watched, in_turn, run, seconds
from models import Model
from page import Table, Words
from plots import Plot, slope
from quantizing import SIZES, files, model


def small_model():
    """100 KB: three convolutions between an input and a Softmax."""
    small = Model((3, 32, 32))
    blob = small.convolution("data", 3, 32, 3, pad=1)
    blob = small.convolution(blob, 32, 64, 3, pad=1)
    blob = small.convolution(blob, 64, 64, 1)
    small.scores(small.add("Pooling", [blob], "0=1 4=1"))
    return small


def small_triple(bench):
    stem = bench.cache / "small"
    if not stem.with_suffix(".table").exists():
        small_model().write(stem)
    return stem


def section_job(bench):
    """The whole job on large models, beside upstream's bare quantization."""
    table = Table("model", "whole job, s", "ncnn2int8 alone, s", "ratio", "MiB of daemon and worker")
    for name in SIZES[:1] if bench.quick else SIZES:
        stem = model(bench, name)
        jobs, peak = [], 0.0
        with Daemon(bench, workers=1) as daemon, Watched(daemon.process.pid) as memory:
            for turn in range(bench.rounds + 1):
                with open(f"{stem}.bin", "r+b") as file:  # other bytes each time, or the result would be taken from before
                    file.seek(-4, os.SEEK_END)
                    file.write(turn.to_bytes(4, "little"))
                start = daemon.drop(stem, f"m{turn}")
                daemon.wait(lambda: daemon.published(f"m{turn}"), 120)
                if turn > 0:
                    jobs.append(time.perf_counter() - start - SETTLE)
            daemon.requires_all_published(bench.rounds + 1)
            peak = memory.peak
        jobs = Spread(jobs)
        theirs = None
        if bench.upstream:
            theirs = seconds(in_turn(
                {"ncnn2int8": lambda: run(bench.upstream, *files(stem, bench.scratch))}, bench.rounds)["ncnn2int8"])
        table.add(name, jobs.text(), theirs.text() if theirs else "–",
                  f"{jobs.median / theirs.median:.2f}" if theirs else "–", f"{peak:.0f}")
    return [table]


def section_drop(bench):
    """Drop to published of a small model, one after the other."""
    stem, times = small_triple(bench), []
    with Daemon(bench, workers=1) as daemon:
        for turn in range(12 if bench.quick else 60):
            variant(stem, bench.scratch / "variant", turn)
            start = daemon.drop(bench.scratch / "variant", f"s{turn}")
            daemon.wait(lambda: daemon.published(f"s{turn}"), 30, pause=0.0005)
            times.append(time.perf_counter() - start - SETTLE)
        daemon.requires_all_published(len(times))
    spread = Spread(times[2:])
    table = Table("100 KB model", "ms, median (least to most)", "models")
    table.add("drop to published, beyond the settle time", spread.text(1000, 1), len(times) - 2)
    return [table]


def variant(stem, target, number):
    """The same triple with another last weight, so that its result cannot be taken from an earlier run."""
    for ending in ("param", "table"):
        shutil.copyfile(f"{stem}.{ending}", f"{target}.{ending}")
    data = bytearray(stem.with_suffix(".bin").read_bytes())
    data[-4:] = number.to_bytes(4, "little")
    with open(f"{target}.bin", "wb") as file:
        file.write(data)


def at_once(bench, count):
    """Seconds and MiB until so many triples that appear at once are published."""
    with Daemon(bench) as daemon:
        folder = daemon.place / "elsewhere" / "all"
        folder.mkdir()
        for number in range(count):
            variant(small_triple(bench), folder / f"t{number}", number)
        with Watched(daemon.process.pid) as memory:
            start = time.perf_counter()
            folder.rename(daemon.models / "all")
            daemon.wait(lambda: daemon.ended() == count, 60 + count, pause=0.01)
            took = time.perf_counter() - start
        daemon.requires_all_published(count)
        return took, memory.peak


def shell_loop(bench, count):
    """Seconds that a shell loop of upstream's tool takes over as many."""
    folder = bench.scratch / "loop"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for number in range(count):
        variant(small_triple(bench), folder / f"t{number}", number)
    loop = 'for p in t*.param; do n=${p%.param}; "$0" $n.param $n.bin $n-int8.param $n-int8.bin $n.table; done'
    start = time.perf_counter()
    subprocess.run(["sh", "-c", loop, bench.upstream], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   check=True)
    took = time.perf_counter() - start
    shutil.rmtree(folder)
    return took


# A loop costs every model the same, so that its time for more of them follows.
LONGEST_LOOP = 1000


def section_triples(bench):
    """Very many small triples at once."""
    counts = [1, 10, 100] if bench.quick else [1, 10, 100, 1000, 10_000, 100_000]
    table = Table("100 KB triples at once", "s", "ms each", "MiB, daemon and workers", "shell loop of ncnn2int8, s")
    times, memory = [], []
    for count in counts:
        bench.say(f"{count} triples at once")
        took, peak = at_once(bench, count)
        loop = shell_loop(bench, count) if bench.upstream and count <= LONGEST_LOOP else None
        table.add(f"{count:,}", f"{took:.2f}", f"{took / count * 1000:.1f}", f"{peak:.0f}",
                  f"{loop:.2f}" if loop is not None else "–")
        times.append((count, took))
        memory.append((count, peak))
    plot = Plot("triples", "Triples that arrive at once", "triples", "s and MiB", {"s until all are published": times, "MiB": memory})
    return [table, Words(f"Slope of the time {slope(times):.2f}, of the memory {slope(memory):.2f}."), plot]
