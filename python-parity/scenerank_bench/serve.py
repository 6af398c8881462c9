"""The protocol of a worker, as Java's ``Worker`` has it: lines in, a line of JSON for each."""

import json
import sys
import time

import numpy as np


def window(name, rows_per_call, milliseconds):
    """Return what a window came to, with the keys of Java's ``Window``."""
    seconds = sum(milliseconds) / 1e3
    rows = rows_per_call * len(milliseconds)
    return {
        "workload": name,
        "calls": len(milliseconds),
        "rows": rows,
        "seconds": seconds,
        "median_ms": float(np.median(milliseconds)),
        "p99_ms": float(np.quantile(milliseconds, 0.99)),
        "rows_per_second": rows / seconds,
    }


def say(text):
    print(text, flush=True)


def requests():
    """Say ``ready`` and yield (seconds, workload or None) of each line, until ``quit``."""
    say("ready")
    for line in sys.stdin:
        words = line.split()
        if words == ["quit"]:
            return
        if len(words) not in (2, 3) or words[0] != "window":
            raise ValueError(f"unknown request {line!r}, expected window SECONDS [WORKLOAD] or quit")
        yield float(words[1]), words[2] if len(words) == 3 else None


def timed(call, seconds):
    """Call until the time is over, at least once; return each call's milliseconds."""
    times = []
    now = begin = time.perf_counter()
    while not times or now - begin < seconds:
        call()
        done = time.perf_counter()
        times.append((done - now) * 1e3)
        now = done
    return times


def serve(workloads):
    """Answer requests.

    :param workloads: ``{name: (call, rows a call)}``; the first is meant where none is named
    """
    for seconds, name in requests():
        name = name or next(iter(workloads))
        call, rows = workloads[name]
        say(json.dumps(window(name, rows, timed(call, seconds))))
