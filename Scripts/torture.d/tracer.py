#!/usr/bin/env python3
"""Runs a command and makes the k-th of its system calls deadly, or lets it fail.

strace can do both, but counts for each thread; which thread of a daemon does what varies, so "each call once" needs one
count for the process. Children are not followed: a worker's calls are counted by a tracer of its own. Needs Linux on
x86-64 and the right to trace one's own children.
"""
import argparse
import ctypes
import errno
import os
import platform
import signal
import struct
import sys
import time

# asm/unistd_64.h: the calls by number. What each takes: a descriptor, a path, or a folder's descriptor and a path, as the
# place of its argument; the place that counts is the one that changes.
FD, PATH, AT = "fd", "path", "at"
CALLS = {
    0: ("read", FD, 0), 1: ("write", FD, 0), 2: ("open", PATH, 0), 17: ("pread64", FD, 0), 18: ("pwrite64", FD, 0),
    20: ("writev", FD, 0), 73: ("flock", FD, 0), 74: ("fsync", FD, 0), 75: ("fdatasync", FD, 0),
    76: ("truncate", PATH, 0), 77: ("ftruncate", FD, 0), 82: ("rename", PATH, 1), 83: ("mkdir", PATH, 0),
    84: ("rmdir", PATH, 0), 85: ("creat", PATH, 0), 86: ("link", PATH, 1), 87: ("unlink", PATH, 0),
    88: ("symlink", PATH, 1), 91: ("fchmod", FD, 0), 217: ("getdents64", FD, 0), 257: ("openat", AT, 0),
    258: ("mkdirat", AT, 0), 263: ("unlinkat", AT, 0), 264: ("renameat", AT, 2), 266: ("symlinkat", AT, 1),
    268: ("fchmodat", AT, 0), 285: ("fallocate", FD, 0), 296: ("pwritev", FD, 0), 316: ("renameat2", AT, 2),
    326: ("copy_file_range", FD, 2),
}
TRACEME, GETREGS, SETREGS, SYSCALL, SETOPTIONS, SYSCALL_INFO = 0, 12, 13, 24, 0x4200, 0x420E
SYSGOOD, TRACECLONE, EXITKILL, WALL = 1, 8, 1 << 20, 0x40000000
RAX, ORIG_RAX = 80, 120  # offsets in user_regs_struct, sys/user.h

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.restype = ctypes.c_long
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def ptrace(request, pid, address=0, data=0):
    answer = libc.ptrace(request, pid, address, data)
    if answer < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return answer


class Tracer:
    def __init__(self, options):
        self.options = options
        self.wanted = {n: row for n, row in CALLS.items() if row[0] in options.calls.split(",")}
        self.count = 0
        self.faults = 0
        self.first = None
        self.pending = {}  # thread -> the errno that its call is to answer
        self.info = ctypes.create_string_buffer(88)
        self.registers = ctypes.create_string_buffer(27 * 8)

    def run(self, command):
        child = os.fork()
        if child == 0:
            ptrace(TRACEME, 0)
            try:
                os.execvp(command[0], command)
            except OSError as error:
                print(f"tracer: cannot run {command[0]}: {error.strerror}", file=sys.stderr)
            os._exit(127)
        self.child = child
        # The one to end is the child: it is asked to, and this process ends with it.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda number, _: os.kill(child, number))
        self.report(f"pid {child}")
        os.waitpid(child, WALL)
        ptrace(SETOPTIONS, child, 0, SYSGOOD | TRACECLONE | EXITKILL)
        ptrace(SYSCALL, child)
        threads = {child}
        while True:
            thread, status = os.waitpid(-1, WALL)
            if os.WIFEXITED(status) or os.WIFSIGNALED(status):
                self.pending.pop(thread, None)
                if thread == child:
                    self.report(f"count {self.count}")
                    return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
                continue
            number = os.WSTOPSIG(status)
            deliver = 0
            try:
                if number == signal.SIGTRAP | 0x80:
                    self.stop(thread)
                elif status >> 16 == 0 and not (thread not in threads and number == signal.SIGSTOP):
                    deliver = 0 if number == signal.SIGTRAP else number
                threads.add(thread)
                ptrace(SYSCALL, thread, 0, deliver)
            except ProcessLookupError:
                pass  # killed meanwhile; its end is still to be told

    def stop(self, thread):
        size = ptrace(SYSCALL_INFO, thread, len(self.info), ctypes.addressof(self.info))
        kind = self.info.raw[0]
        if kind == 2 and thread in self.pending:
            self.change(thread, RAX, -self.pending.pop(thread))
        if kind != 1 or size < 80:
            return
        number, *arguments = struct.unpack_from("=7Q", self.info.raw, 24)
        row = self.wanted.get(number)
        if not row:
            return
        place = self.place(thread, row, arguments)
        if not self.isMeant(row[0], place, arguments):
            return
        self.count += 1
        if not self.isDue():
            return
        self.faults += 1
        self.first = self.first or time.monotonic()
        self.report(f"fault {self.count} {row[0]} {place}")
        if self.options.once and not os.path.exists(self.options.once):
            open(self.options.once, "w").close()
        if self.options.error:
            self.change(thread, ORIG_RAX, -1)  # no such call, so nothing is done
            self.pending[thread] = 0 if self.options.error == "OK" else getattr(errno, self.options.error)
        else:
            os.kill(self.child, signal.SIGKILL)

    def isDue(self):
        if self.options.once and os.path.exists(self.options.once):
            # This process may be a later one: what failed for a while is over when it is over for all.
            return time.time() < os.path.getmtime(self.options.once) + self.options.seconds
        if self.options.when == 0 or self.count < self.options.when:
            return False
        if self.first is None:
            return True
        return self.options.seconds > 0 and time.monotonic() < self.first + self.options.seconds

    def isMeant(self, name, place, arguments):
        if self.options.under and not any(place == p or place.startswith(p + "/") for p in self.options.under):
            return False
        if not self.options.writing:
            return True
        # O_ACCMODE and O_CREAT, fcntl.h
        if name in ("open", "openat"):
            return arguments[1 if name == "open" else 2] & 0o103 != 0
        return name not in ("read", "pread64", "getdents64", "flock")

    def place(self, thread, row, arguments):
        _, kind, index = row
        try:
            if kind == FD:
                return os.readlink(f"/proc/{thread}/fd/{arguments[index]}")
            text = self.text(thread, arguments[index + (kind == AT)])
            if kind == AT and not text.startswith("/") and arguments[index] & 0xFFFFFFFF != 0xFFFFFF9C:
                return os.path.join(os.readlink(f"/proc/{thread}/fd/{arguments[index]}"), text)
            return text
        except OSError:
            return ""

    def text(self, thread, address):
        with open(f"/proc/{thread}/mem", "rb", buffering=0) as memory:
            found = b""
            while b"\0" not in found and len(found) < 4096:
                memory.seek(address + len(found))
                # Not over the end of a page: the next one may not be there.
                piece = memory.read(4096 - (address + len(found)) % 4096)
                if not piece:
                    break
                found += piece
        return os.fsdecode(found.split(b"\0")[0])

    def change(self, thread, offset, value):
        ptrace(GETREGS, thread, 0, ctypes.addressof(self.registers))
        struct.pack_into("=q", self.registers, offset, value)
        ptrace(SETREGS, thread, 0, ctypes.addressof(self.registers))

    def report(self, line):
        if self.options.report:
            with open(self.options.report, "a") as file:
                file.write(line + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", default=",".join(name for name, _, _ in CALLS.values()), help="by name, with commas")
    parser.add_argument("--under", action="append", help="only calls that concern this folder; may be repeated")
    parser.add_argument("--writing", action="store_true", help="only calls that change something")
    parser.add_argument("--when", type=int, default=0, help="the k-th call, from 1; 0 only counts")
    parser.add_argument("--error", help="what it answers, such as ENOSPC, or OK for nothing done; without it the process is killed")
    parser.add_argument("--seconds", type=float, default=0, help="from the k-th call on, all for so long; not that one alone")
    parser.add_argument("--once", help="a file that is made with the first fault; where it is there, none is made, or none after --seconds")
    parser.add_argument("--report", help="a file that gets the process's number, each fault and the count")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    if platform.machine() != "x86_64":
        sys.exit("tracer: knows the system calls of x86-64 only")
    # At once: Python's own end would first lay down the signal handlers.
    os._exit(Tracer(options).run(options.command))


if __name__ == "__main__":
    main()
