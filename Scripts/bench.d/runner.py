"""Starts commands and says what each of them cost: a line of JSON in, a line of JSON out.

A process of its own, because the peak of memory that Linux reports for a child is at least that of the process which started
it (getrusage(2) counts what was there before the exec), and this one is small.
"""
import json
import os
import sys
import time

for line in sys.stdin:
    command = json.loads(line)
    quiet = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)] + [
        (os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_WRONLY, 0) for stream in (1, 2)]
    start = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ, file_actions=quiet)
    _, status, usage = os.wait4(child, 0)
    took = time.perf_counter() - start
    print(json.dumps({"code": os.waitstatus_to_exitcode(status), "seconds": took,
                      "processor": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss / 1024}), flush=True)
