"""A quantd of its own on fresh folders, and when it has published what."""
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

SETTLE = 0.2


class Daemon:
    """Runs quantd below a folder that is empty at first. Evaluation is off: it is what running the twins costs, and measured
    elsewhere."""

    def __init__(self, bench, workers=2):
        self.place = bench.scratch / "daemon"
        shutil.rmtree(self.place, ignore_errors=True)
        for name in ("models", "output", "state", "elsewhere"):
            (self.place / name).mkdir(parents=True)
        self.models, self.output = self.place / "models", self.place / "output"
        self.config = self.place / "quantd.toml"
        self.config.write_text("\n".join([
            *(f'{name} = "{self.place / name}"' for name in ("models", "output", "state")),
            f"settle_seconds = {SETTLE}", f"workers = {workers}", "[evaluate]", "samples = 0", ""]))
        self.log = open(self.place / "log", "wb")
        self.process = subprocess.Popen([bench.quantd, "--config", self.config], stdout=self.log, stderr=self.log)
        self.ledger = None

    def __enter__(self):
        def is_ready():
            return self.ask("SELECT last_scan_at IS NOT NULL FROM daemon WHERE stopped_at IS NULL") == 1
        self.wait(is_ready, 30)
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        self.log.close()
        shutil.rmtree(self.place)

    def ask(self, question, *values):
        """The first figure of an answer of the ledger; None where there is none yet."""
        try:
            if self.ledger is None:
                self.ledger = sqlite3.connect(f"file:{self.place}/state/ledger.sqlite?mode=ro", uri=True)
            row = self.ledger.execute(question, values).fetchone()
            return row and row[0]
        except sqlite3.OperationalError:
            self.ledger = None
            return None

    def ended(self):
        return self.ask("SELECT sum(runs) FROM run_count WHERE status NOT IN ('queued', 'running')") or 0

    def wait(self, condition, patience, pause=0.001):
        """Waits until a condition holds; a daemon that has gone, or takes longer, ends the measurement."""
        end = time.monotonic() + patience
        while not condition():
            if self.process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"quantd did not get on within {patience} s:\n"
                                 + Path(self.place / "log").read_text()[-2000:])
            time.sleep(pause)

    def requires_all_published(self, count):
        """All of so many runs have ended, and well."""
        self.wait(lambda: self.ended() == count, 30)
        other = self.ask("SELECT sum(runs) FROM run_count WHERE status <> 'published'")
        if other:
            raise SystemExit(f"{other} runs were not published:\n" + Path(self.place / "log").read_text()[-2000:])

    def drop(self, stem, name):
        """Copies a triple beside the folder and renames it in, the table last; returns when that was.

        The copies are on the disk before, or the first fsync of the daemon would have to wait for them too."""
        for ending in ("param", "bin", "table"):
            shutil.copyfile(f"{stem}.{ending}", self.place / "elsewhere" / f"{name}.{ending}")
        os.sync()
        self.touch_memory(os.path.getsize(f"{stem}.bin"))
        for ending in ("param", "bin", "table"):
            moment = time.perf_counter()
            (self.place / "elsewhere" / f"{name}.{ending}").rename(self.models / f"{name}.{ending}")
        return moment

    def touch_memory(self, count):
        """Has so many bytes of memory in reach that were used just now.

        In a virtual machine a page costs ten times as much where the host has to find it first. What writes over its last
        output has pages already; each model that is dropped would need new ones."""
        file = self.place / "touched"
        with open(file, "wb") as pages:
            for start in range(0, count, 1 << 20):
                pages.write(bytes(min(1 << 20, count - start)))
        file.unlink()

    def published(self, name):
        return (self.output / name / "latest").is_symlink()
