"""What this machine can do at best: the limits that the other figures are to be held against."""
import hashlib
import os
import time
from pathlib import Path

import numpy as np

from measuring import Spread
from page import Table

MIB = 1 << 20


def timed(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure(scratch, rounds):
    """Each limit in turn, as GB/s or as milliseconds."""
    block = np.random.default_rng(1).integers(0, 256, 256 * MIB, np.uint8)
    target = np.empty_like(block)
    file, other = scratch / "limits.bin", scratch / "limits.out"
    file.write_bytes(block.data)
    piece = bytearray(MIB)

    def read():
        with open(file, "rb", buffering=0) as source:
            while source.readinto(piece):
                pass

    def write(wait):
        other.unlink(missing_ok=True)
        with open(other, "wb", buffering=0) as sink:
            for offset in range(0, 64 * MIB, MIB):
                sink.write(block[offset:offset + MIB].data)
            if wait:
                os.fsync(sink.fileno())

    def append():
        with open(other, "ab", buffering=0) as sink:
            sink.write(b"x" * 4096)
            os.fsync(sink.fileno())

    whole, quarter = block.nbytes / 1e9, 64 * MIB / 1e9
    speeds = {
        "memory, copied by one core": (whole, lambda: np.copyto(target, block)),
        "file in the page cache, read by one core": (whole, read),
        "file, written to the page cache": (quarter, lambda: write(False)),
        "file, written and brought to the disk (fsync)": (quarter, lambda: write(True)),
        "SHA-256, one core": (whole, lambda: hashlib.sha256(block).digest()),
    }
    rows = {name: [] for name in speeds}
    appended = []
    for turn in range(rounds + 1):
        for name, (size, work) in speeds.items():
            speed = size / timed(work)
            if turn > 0:
                rows[name].append(speed)
        appended += [timed(append) for _ in range(20)] if turn > 0 else []
    for path in (file, other):
        Path(path).unlink()
    return rows, appended


def section(bench):
    rows, appended = measure(bench.scratch, bench.rounds)
    table = Table("", "median (least to most)")
    for name, speeds in rows.items():
        table.add(name, f"{Spread(speeds).text(digits=1)} GB/s")
    table.add("4 KiB appended and brought to the disk", f"{Spread(appended).text(1000, 2)} ms")
    return [table]
