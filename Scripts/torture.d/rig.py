"""What the rigs share: a daemon in a folder of its own, models to drop, and the checks of what became of them."""
import argparse
import concurrent.futures
import contextlib
import ctypes
import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FIXTURE = ROOT / "Tests/Fixtures/golden/innerproduct"
TRACER = [sys.executable, str(HERE / "tracer.py")]
PATIENCE = 180  # seconds; only ends what has gone wrong


class Failed(Exception):
    """Something was not as it must be."""


class Tally:
    """What a rig found: faults, and problems by kind. It is filled from many threads."""

    KINDS = ("lost", "duplicates", "half")

    def __init__(self, name):
        self.name = name
        self.begun = time.monotonic()
        self.faults = self.survived = 0
        self.found = dict.fromkeys(self.KINDS, 0)
        self.notes = []
        self.lock = threading.Lock()

    def trial(self, label, problems, faults=1):
        """Counts faults that were made together, and what came of them: [(kind, clause)], empty where all is well."""
        with self.lock:
            self.faults += faults
            self.survived += 0 if problems else faults
            for kind, clause in problems:
                if kind in self.found:
                    self.found[kind] += 1
                print(f"{self.name}: {label}: {kind}: {clause}", file=sys.stderr)

    def note(self, text):
        with self.lock:
            self.notes.append(text)
            print(f"{self.name}: {text}", file=sys.stderr, flush=True)

    def row(self):
        return {
            "rig": self.name, "faults": self.faults, "survived": self.survived, **self.found,
            "seconds": round(time.monotonic() - self.begun), "notes": self.notes,
        }


def table(rows):
    """The figures as a table that is also Markdown."""
    heads = ["rig", "faults", "survived", "lost", "duplicates", "half", "seconds"]
    lines = [heads, ["---"] + ["---:"] * 6] + [[str(row[head]) for head in heads] for row in rows]
    lines[0] = lines[0][:5] + ["half-published", "seconds"]
    widths = [max(len(line[i]) for line in lines) for i in range(len(heads))]
    return "\n".join(
        "| " + " | ".join(cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(line, widths)))
        + " |" for line in lines)


def needs(*programs, root=False):
    """Ends the rig where a program is missing, with the line that would install it."""
    packages = {"mkfs.ext4": "e2fsprogs", "mount": "mount", "losetup": "mount", "unshare": "util-linux"}
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        names = " ".join(sorted({packages.get(program, program) for program in missing}))
        print(f"needs {', '.join(missing)}: apt-get install {names}", file=sys.stderr)
        sys.exit(2)
    if root and os.geteuid() != 0:
        print("needs root, to mount file systems in a mount namespace of its own", file=sys.stderr)
        sys.exit(2)


def privately(*flags):
    """Runs the rig again in namespaces of its own, which end with it: so no mount is left behind."""
    if os.environ.get("QUANTD_TORTURE_INSIDE") != "1":
        environment = dict(os.environ, QUANTD_TORTURE_INSIDE="1")
        os.execvpe("unshare", ["unshare", *flags, sys.executable, *sys.argv], environment)


def main(name, perform, configure=lambda parser: None, description=""):
    """The frame of every rig: arguments, a temporary folder, the row at the end and the exit status."""
    parser = argparse.ArgumentParser(prog=name, description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, default=ROOT / ".build/debug", help="where quantd and quantctl lie")
    parser.add_argument("--seed", type=int, default=1, help="of all that is random")
    parser.add_argument("--jobs", type=int, default=4, help="trials at a time")
    parser.add_argument("--keep", action="store_true", help="keep the temporary folder")
    parser.add_argument("--json", action="store_true", help="print the row as JSON")
    configure(parser)
    options = parser.parse_args()
    options.bin = options.bin.resolve()
    if not (options.bin / "quantd").exists():
        parser.error(f"there is no quantd in {options.bin}; build it with: swift build")
    random.seed(options.seed)
    tally = Tally(name)
    folder = Path(tempfile.mkdtemp(prefix=f"quantd-{name}."))

    def leave(*_):
        # Not by an exception: the threads of the trials would be waited for.
        Daemon.endAll()
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)

    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, leave)
    try:
        perform(options, tally, folder)
    finally:
        Daemon.endAll()
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    row = tally.row()
    print(json.dumps(row) if options.json else table([row]))
    sys.exit(0 if row["survived"] == row["faults"] and not any(row[kind] for kind in Tally.KINDS) else 1)


def each(options, tally, trials):
    """Makes trials, several at a time: (label, function that returns problems). One that breaks off is a problem, and one
    that made no fault (None) is none."""
    def one(trial):
        label, body = trial
        try:
            problems = body()
        except Failed as failure:
            problems = [("failed", str(failure))]
        except Exception as error:  # a defect of the rig; the others go on
            problems = [("defect", "".join(traceback.format_exception(error)))]
        if problems is not None:
            tally.trial(label, problems)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for result in [pool.submit(one, trial) for trial in trials]:
            result.result()


# MARK: The daemon


class Daemon:
    """A quantd that was started by a rig."""

    living = []

    def __init__(self, command, log, prefix=(), **more):
        self.log = log
        with open(log, "ab") as errors:
            self.process = subprocess.Popen([*prefix, *command], stdin=subprocess.DEVNULL, stdout=errors, stderr=errors, **more)
        self.pid = self.process.pid
        Daemon.living.append(self)

    @classmethod
    def endAll(cls):
        for daemon in list(cls.living):
            with contextlib.suppress(Failed):
                daemon.kill()

    @property
    def isRunning(self):
        return self.process.poll() is None

    def send(self, number):
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)

    def end(self, number=signal.SIGTERM, patience=60):
        """Ends it and returns its status."""
        self.send(signal.SIGCONT)
        self.send(number)
        try:
            status = self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Failed(f"the daemon did not stop within {patience} s") from None
        finally:
            with contextlib.suppress(ValueError):
                Daemon.living.remove(self)
        return status

    def kill(self):
        """Kills it as nothing could be killed more."""
        self.end(signal.SIGKILL)

    def stop(self):
        """Asks it to stop in good order."""
        status = self.end()
        if status != 0:
            raise Failed(f"the daemon stopped with status {status}: {self.tail()}")

    def tail(self):
        return " / ".join(Path(self.log).read_text(errors="replace").splitlines()[-3:])

    def memory(self, key="VmRSS"):
        """KiB of memory: VmRSS now, VmHWM at the most."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(key + ":"):
                return int(line.split()[1])
        return 0

    def children(self):
        """The numbers of the processes that it started and that live."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                    if int(fields[1]) == self.pid and fields[0] != "Z":
                        found.append(int(entry.name))
        return found


class Place:
    """A watched folder, an output and a state folder, with what a daemon needs to work on them."""

    def __init__(self, options, folder, extra="", models=None, output=None, state=None, **sections):
        self.options = options
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.models = Path(models or self.folder / "models")
        self.output = Path(output or self.folder / "output")
        self.state = Path(state or self.folder / "state")
        self.models.mkdir(parents=True, exist_ok=True)
        self.config = self.folder / "quantd.toml"
        self.config.write_text(
            f'models = "{self.models}"\noutput = "{self.output}"\nstate = "{self.state}"\nsettle_seconds = 0.05\n'
            f'{extra}\n[quantize]\nfloat_storage = "fp16"\n[evaluate]\nsamples = 0\n')
        self.log = self.folder / "log"

    @property
    def ledger(self):
        return self.state / "ledger.sqlite"

    def start(self, prefix=(), **more):
        return Daemon([str(self.options.bin / "quantd"), "--config", str(self.config)], self.log, prefix, **more)

    def quantctl(self, *arguments):
        return subprocess.run(
            [str(self.options.bin / "quantctl"), *arguments, "--state", str(self.state)], capture_output=True, text=True)

    # Asking

    def ask(self, sql, *arguments):
        """Rows of the ledger; none where it cannot be asked yet."""
        if not self.ledger.exists():
            return []
        try:
            connection = sqlite3.connect(f"file:{self.ledger}?mode=ro", uri=True, timeout=5)
            with contextlib.closing(connection):
                return connection.execute(sql, arguments).fetchall()
        except sqlite3.OperationalError:
            return []

    def wait(self, what, daemon, isDone, patience=PATIENCE):
        """Waits until something is so, for as long as the daemon lives."""
        end = time.monotonic() + patience
        pause = 0.02
        while not isDone():
            if daemon is not None and not daemon.isRunning:
                raise Failed(f"the daemon ended with status {daemon.process.returncode} before {what}: {daemon.tail()}")
            if time.monotonic() > end:
                raise Failed(f"waited in vain for {what}: {Path(self.log).read_text(errors='replace')[-600:]}")
            time.sleep(pause)
            pause = min(pause * 1.3, 0.3)

    def ended(self, models):
        """Whether the latest run of each of these models has ended."""
        rows = dict(self.ask("SELECT model, status FROM run ORDER BY id"))
        return all(rows.get(model, "queued") not in ("queued", "running") for model in models)

    def hasScanned(self, daemon, isTraced=False):
        """Whether this very daemon has listed its folder; one that is traced is a child of what was started."""
        pids = daemon.children() if isTraced else [daemon.pid]
        return any(self.ask("SELECT 1 FROM daemon WHERE pid = ? AND last_scan_at IS NOT NULL", pid) for pid in pids)

    def quiet(self, daemon, patience=PATIENCE):
        """Waits until nothing is queued, runs or waits, and stays so: a file that was seen shows a moment later."""
        since = None

        def isSo():
            nonlocal since
            busy = self.ask("SELECT 1 FROM waiting UNION ALL SELECT 1 FROM run WHERE status IN ('queued', 'running')")
            since = None if busy else since or time.monotonic()
            return since is not None and time.monotonic() > since + 0.7
        self.wait("quiet", daemon, isSo, patience)

    def waitEnded(self, models, daemon, patience=PATIENCE):
        self.wait(f"the end of {len(models)} models", daemon, lambda: self.ended(models), patience)


# MARK: Models


class Models:
    """Copies of one small model that all differ: a bias, which int8 leaves as it is, says which one it is."""

    BIAS = -208  # the last one of fc2: after it come the tag and the 50 weights of fc3

    def __init__(self, options, folder):
        self.param = (FIXTURE / "model.param").read_bytes()
        self.table = (FIXTURE / "model.table").read_bytes()
        self.bin = (FIXTURE / "model.bin").read_bytes()
        self.golden = (FIXTURE / "expected-int8.bin").read_bytes()  # by ncnn's own tool
        self.place = self.golden.rfind(self.bin[self.BIAS:self.BIAS + 4])
        if self.place < 0:
            raise Failed("the golden int8 twin does not have the bias of fc2")
        # The golden .param has ncnn's own spacing; ours is the input's text with the params edited.
        source, made = folder / "reference", folder / "reference-int8"
        for ending, content in (("param", self.param), ("bin", self.content(7))):
            source.with_suffix(f".{ending}").write_bytes(content)
        subprocess.run(
            [str(options.bin / "quantctl"), "quantize", f"{source}.param", f"{source}.bin", f"{made}.param", f"{made}.bin",
             str(FIXTURE / "model.table"), "--float-storage", "fp16"], check=True, capture_output=True)
        self.text = made.with_suffix(".param").read_bytes()
        if made.with_suffix(".bin").read_bytes() != self.twin(7):
            raise Failed("quantctl does not make the golden int8 twin")

    @staticmethod
    def mark(number):
        return (0x3D000000 + number).to_bytes(4, "little")  # a float near 0.03

    def content(self, number):
        """The .bin of the model with this number; 0 is the golden one itself."""
        bias = self.BIAS
        return self.bin[:bias] + self.mark(number) + self.bin[bias + 4:] if number else self.bin

    def twin(self, number):
        place = self.place
        return self.golden[:place] + self.mark(number) + self.golden[place + 4:] if number else self.golden

    def drop(self, place, name, number=0):
        """Puts a model into the watched folder: the .bin last and under a hidden name first, as rsync does."""
        target = place.models / name
        target.parent.mkdir(parents=True, exist_ok=True)
        Path(f"{target}.param").write_bytes(self.param)
        Path(f"{target}.table").write_bytes(self.table)
        hidden = target.parent / f".{target.name}.bin.Xq3"
        hidden.write_bytes(self.content(number))
        hidden.rename(f"{target}.bin")


# MARK: Checks


def whole(folder):
    """What is wrong with a run folder: each file that SHA256SUMS names is there with that content, and no other."""
    try:
        lines = (folder / "SHA256SUMS").read_text().splitlines()
        sums = {line[66:]: line[:64] for line in lines}
        found = {entry.name for entry in folder.iterdir()} - {"SHA256SUMS"}
        if found != set(sums) or len(sums) < 2:
            return f"{folder} holds {sorted(found)}, its sums name {sorted(sums)}"
        for name, digest in sums.items():
            if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
                return f"{folder}/{name} is not what its sum says"
    except OSError as error:
        return f"{error.filename}: {error.strerror}"
    return None


def runFolders(output):
    """All run folders below an output folder, and the names that should not be there."""
    runs, hidden = [], []
    for parent, folders, files in os.walk(output):
        here = Path(parent)
        for name in list(folders):
            if name.startswith("."):
                hidden.append(here / name)
                folders.remove(name)
            elif name.isdigit() and not (here / name).is_symlink():
                runs.append(here / name)
                folders.remove(name)
        hidden += [here / name for name in files + folders if name.startswith(".")]
    return runs, hidden


def checkVisible(output):
    """At any instant: each folder under a final name is whole, and latest leads to one."""
    problems = [("half", clause) for folder in runFolders(output)[0] if (clause := whole(folder))]
    for link in Path(output).rglob("latest"):
        if link.is_symlink() and not link.exists():
            problems.append(("half", f"{link} leads to {os.readlink(link)}, which is not there"))
    return problems


def checkLedger(place):
    """The ledger is sound, and what it calls published is there."""
    problems = []
    try:
        connection = sqlite3.connect(place.ledger, timeout=5)
        with contextlib.closing(connection):
            for sql, sound in (("PRAGMA integrity_check", [("ok",)]), ("PRAGMA foreign_key_check", [])):
                found = connection.execute(sql).fetchall()
                if found != sound:
                    problems.append(("ledger", f"{sql}: {found[:3]}"))
            rows = connection.execute("SELECT id, model, folder FROM run WHERE folder IS NOT NULL").fetchall()
    except sqlite3.Error as error:
        return [("ledger", f"cannot be read: {error}")]
    for run, model, folder in rows:
        if clause := whole(Path(folder)):
            problems.append(("lost", f"run {run} of {model} is recorded as published, but {clause}"))
    return problems


def check(place, models, expected, attempts=None):
    """In the end: each model is published once, with the right content, and nothing else is there.

    Args:
        expected: model name -> its number.
    """
    problems = checkVisible(place.output) + checkLedger(place)
    folders, hidden = runFolders(place.output)
    problems += [("half", f"{path} was left behind") for path in hidden]
    byModel = {}
    for folder in folders:
        byModel.setdefault(str(folder.parent.relative_to(place.output)), []).append(folder)
    runs = {}
    for run, model, status, message, folder in place.ask("SELECT id, model, status, message, folder FROM run"):
        runs.setdefault(model, []).append((run, status, message, folder))
    for name, number in expected.items():
        found = byModel.pop(name, [])
        rows = runs.pop(name, [])
        if len(found) > 1 or len(rows) > 1:
            problems.append(("duplicates", f"{name} has the folders {sorted(f.name for f in found)} and the runs {rows}"))
        newest = max(rows)[3] if rows else None
        if newest is None or not found:
            problems.append(("lost", f"{name} is not published: {rows}, folders {[f.name for f in found]}"))
            continue
        latest = place.output / name / "latest"
        if not latest.is_symlink() or str(place.output / name / os.readlink(latest)) != newest:
            problems.append(("lost", f"latest of {name} does not lead to {newest}"))
        base = name.split("/")[-1]
        for ending, content in ((".bin", models.twin(number)), (".param", models.text)):
            path = Path(newest) / f"{base}-int8{ending}"
            if not path.exists() or path.read_bytes() != content:
                problems.append(("lost", f"{path} is not the golden int8 twin"))
    if byModel or runs:
        problems.append(("duplicates", f"nobody dropped {sorted(set(byModel) | set(runs))}"))
    return problems
