"""Times commands, in turn and several times, and keeps what they cost."""
import contextlib
import json
import statistics
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Cost:
    """One run of a command: seconds on the clock and of the processor, and MiB at the most."""
    seconds: float
    processor: float
    peak: float


class Spread:
    """Several figures of the same thing."""

    def __init__(self, values):
        self.values = sorted(values)
        self.median = statistics.median(self.values)

    def text(self, unit=1.0, digits=3):
        least, most = self.values[0] * unit, self.values[-1] * unit
        return f"{self.median * unit:.{digits}f} ({least:.{digits}f} to {most:.{digits}f})"


class Runner:
    """The process that starts the commands which are timed."""

    def __init__(self):
        self.process = None

    def __call__(self, *command, fails=False):
        """Runs a command to its end; `fails` says whether it must succeed or must not, None that either will do."""
        if self.process is None:
            self.process = subprocess.Popen(
                [sys.executable, "-SE", Path(__file__).with_name("runner.py")], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, text=True)
        self.process.stdin.write(json.dumps([str(word) for word in command]) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if fails is not None and (answer["code"] != 0) != fails:
            raise SystemExit(f"{' '.join(map(str, command))} ended with {answer['code']}")
        return Cost(answer["seconds"], answer["processor"], answer["peak"])


run = Runner()


def in_turn(tasks, rounds, before=lambda: None):
    """Calls each task once a round, so that whatever else the machine does hits all alike; returns the costs by name. One
    round goes before, uncounted, to warm caches up."""
    costs = {name: [] for name in tasks}
    for turn in range(rounds + 1):
        for name, task in tasks.items():
            before()
            cost = task()
            if turn > 0:
                costs[name].append(cost)
    return costs


def seconds(costs):
    return Spread([cost.seconds for cost in costs])


def peak(costs):
    return max(cost.peak for cost in costs)


def removing(*paths):
    """A step that removes files, so that every run makes its output anew."""
    def remove():
        for path in paths:
            Path(path).unlink(missing_ok=True)
    return remove


class Watched:
    """The largest memory of a process and its children while something goes on, looked at every few milliseconds."""

    def __init__(self, pid):
        self.pid, self.peak, self.over = pid, 0.0, threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def watch(self):
        while not self.over.wait(0.05):
            self.peak = max(self.peak, resident(self.pid))


def resident(pid):
    """MiB that a process and its children take, in all; what several of them share counts once (proc_pid_smaps(5): Pss)."""
    total = 0.0
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) / 1024
        for thread in Path(f"/proc/{pid}/task").iterdir():  # a child belongs to the thread that started it
            for child in (thread / "children").read_text().split():
                total += resident(int(child))
    return total
