"""A Debian of its own, booted with systemd-nspawn, and what the checks do in it."""
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

PATIENCE = 120  # seconds; only ends what has gone wrong
SUITE = "bookworm"
LIMITED = "/srv/limited"  # in the system, a disk on which `folder` has a quota
# What a bare Debian has besides, and what the checks themselves use.
INCLUDE = "systemd,systemd-sysv,libpam-systemd,dbus,dbus-user-session,procps"
ENVIRONMENT = ["/usr/bin/env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive"]


class Failed(Exception):
    """Something was not as it must be."""


def expect(isSo, clause):
    if not isSo:
        raise Failed(clause)


def wait(what, isDone, patience=PATIENCE):
    """Waits until a function returns something true, and returns that."""
    end = time.monotonic() + patience
    while True:
        if answer := isDone():
            return answer
        if time.monotonic() > end:
            raise Failed(f"waited {patience} s in vain for {what}")
        time.sleep(0.1)


def needs():
    """Ends where something is missing, with the line that would install it."""
    if os.geteuid() != 0:
        sys.exit("needs root: it mounts an overlay and boots a system in it")
    packages = {"debootstrap": "debootstrap", "systemd-nspawn": "systemd-container", "dpkg-deb": "dpkg", "nsenter": "util-linux",
                "promtool": "prometheus", "mkfs.btrfs": "btrfs-progs"}
    missing = [packages[tool] for tool in packages if shutil.which(tool) is None]
    if missing:
        sys.exit(f"needs more: apt-get install --no-install-recommends {' '.join(missing)}")


class Machine:
    """A system on an overlay over a root that stays; whatever is done to it ends with it."""

    def __init__(self, base, folder):
        self.base = base
        self.folder = folder
        self.root = folder / "root"
        self.log = folder / "console.log"
        self.limited = folder / "limited"
        self.process = None
        self.leader = None
        self.isMounted = False

    @staticmethod
    def makeBase(base, log):
        """The bare system, made once; with it the one package that quantd needs, so that later calls ask no mirror."""
        if (base / "made").exists():
            return
        shutil.rmtree(base, ignore_errors=True)
        base.mkdir(parents=True)
        print(f"making a bare Debian {SUITE} in {base}, once", file=sys.stderr, flush=True)
        mirror = os.environ.get("DEBIAN_MIRROR", "http://deb.debian.org/debian")
        with open(log, "ab") as output:
            for command in (
                ["debootstrap", "--variant=minbase", f"--include={INCLUDE}", SUITE, str(base / "root"), mirror],
                ["chroot", str(base / "root"), *ENVIRONMENT, "apt-get", "-y", "--download-only", "install", "libsqlite3-0"],
            ):
                if subprocess.run(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL).returncode != 0:
                    sys.exit(f"{' '.join(command)} failed, see {log}")
        (base / "root/var/log/journal").mkdir(exist_ok=True)  # so that the journal outlives a reboot
        (base / "root/etc/machine-id").write_text("")
        (base / "made").touch()

    def boot(self):
        if not self.isMounted:
            for name in ("root", "upper", "work"):
                (self.folder / name).mkdir(parents=True)
            options = f"lowerdir={self.base / 'root'},upperdir={self.folder / 'upper'},workdir={self.folder / 'work'}"
            subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, str(self.root)], check=True)
            self.isMounted = True
            self.makeLimited()
        with open(self.log, "ab") as output:
            # --register=no, --keep-unit: no machined is asked, so none need run here.
            self.process = subprocess.Popen(
                ["systemd-nspawn", "--quiet", "-D", str(self.root), "--boot", "--register=no", "--keep-unit",
                 f"--bind={self.limited}:{LIMITED}", f"--machine=quantd-{os.getpid()}", "--link-journal=no", "--console=pipe"],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")

        def isUp():
            if self.process.poll() is not None:
                raise Failed(f"systemd-nspawn ended with {self.process.returncode}: {self.log.read_text()[-400:]}")
            self.leader = (children.read_text().split() or [None])[0]
            return self.leader and self.run("systemctl", "is-system-running", check=False).stdout.strip() in ("running", "degraded")
        wait("the system to be up", isUp)

    def makeLimited(self):
        """A disk with room, and on it a folder with a quota of 1 MiB: btrfs has quotas where a kernel has none for other disks."""
        image = self.folder / "limited.img"
        self.limited.mkdir()
        with open(image, "wb") as file:
            file.truncate(128 << 20)
        for command in (
            ["mkfs.btrfs", "-q", image], ["mount", "-o", "loop", image, self.limited], ["btrfs", "quota", "enable", self.limited],
            ["btrfs", "subvolume", "create", self.limited / "folder"],
            ["btrfs", "qgroup", "limit", "1M", self.limited / "folder"],
        ):
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def waitDown(self):
        """Waits until the system has ended by itself."""
        self.process.wait(PATIENCE)
        self.process = self.leader = None

    def end(self):
        """Ends all that was started and takes the overlay away."""
        if self.process and self.process.poll() is None:
            # What nspawn takes as a request for an orderly end; the leader dies with it in any case.
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                if self.leader:
                    os.kill(int(self.leader), signal.SIGKILL)
                self.process.kill()
                self.process.wait()
        if self.isMounted:
            subprocess.run(["umount", "--lazy", str(self.root), str(self.limited)], check=False)

    # Doing things in it

    def command(self, *arguments, user=None):
        words = [str(word) for word in arguments]
        if user:
            words = ["/usr/sbin/runuser", "-u", user, "--", *words]
        return ["nsenter", "-t", self.leader, "-a", "-w/", "--", *ENVIRONMENT, *words]

    def run(self, *arguments, user=None, check=True):
        """Runs a command in the system, as root or as someone else."""
        done = subprocess.run(
            self.command(*arguments, user=user), capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=PATIENCE * 3)
        if check and done.returncode != 0:
            words = " ".join(str(word) for word in arguments)
            raise Failed(f"{words} ended with {done.returncode}: {(done.stderr or done.stdout).strip()[-600:]}")
        return done

    def path(self, path):
        """Where a path of the system lies out here."""
        return self.root / str(path).lstrip("/")

    def write(self, path, text):
        place = self.path(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    # The service

    def show(self, key, unit="quantd.service"):
        return self.run("systemctl", "show", "--value", "-p", key, unit).stdout.strip()

    @property
    def pid(self):
        """The daemon's number inside the system."""
        return int(self.show("MainPID"))

    def workers(self):
        return [int(pid) for pid in self.run("pgrep", "-P", self.pid, check=False).stdout.split()]

    def waits(self):
        """How often the daemon's threads have waited for something so far."""
        # One that ends while this is read is none of those that count.
        lines = self.run("sh", "-c", f"cat /proc/{self.pid}/task/*/status", check=False).stdout.splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt_switches"))

    def quantctl(self, *arguments):
        """What a member of the group is told. Status 3 is an answer too: there is no such thing yet."""
        # With the folder named, so that it can be asked while a check has spoilt the configuration.
        done = self.run("quantctl", *arguments, "--state", "/var/lib/quantd/state", user="alice", check=False)
        expect(done.returncode in (0, 3), f"quantctl {' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()[-400:]}")
        return json.loads(done.stdout) if done.returncode == 0 else None

    def history(self, model=None):
        """Runs as the ledger has them, the latest first."""
        answer = self.quantctl("history", *([model] if model else []), "--all", "--format", "json")
        return answer["runs"] if answer else []

    def status(self):
        return self.quantctl("status", "--format", "json")

    def latest(self, model):
        return next(iter(self.history(model)), None)

    def waitEnded(self, model):
        """Waits until the model's latest run has ended, and its result lies in the output folder."""
        def isOver():
            run = self.latest(model)
            return run if run and run["status"] not in ("queued", "running") else None
        run = wait(f"the run of {model} to end", isOver)
        expect(run["status"] in ("published", "cached"), f"run {run['run']} of {model} is {run['status']}: {run.get('message')}")
        return run

    def waitRunning(self, model):
        """Waits until a worker has been at the model for a moment."""
        def isRunning():
            run = self.latest(model)
            return run if run and run["status"] == "running" and self.workers() else None
        run = wait(f"a run of {model} to begin", isRunning)
        return run

    def journal(self, *matches):
        """Entries of the journal as dictionaries."""
        self.run("journalctl", "--sync")
        text = self.run("journalctl", "-o", "json", *matches, check=False).stdout
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]
