"""Compares two builds of the provider: size, time to the handshake, memory at the handshake."""

import os
import statistics
import subprocess
import time
from pathlib import Path

import start

PAIRS = 101


def compare(one, other):
    """Prints the medians of both, and their ratio; they are started in turn."""
    runs = [(at_handshake(one), at_handshake(other)) for _ in range(PAIRS)]
    rows = [("size in MiB", [(size(one), size(other))])]
    for index, name in enumerate(["handshake after, in ms", "resident at handshake in MiB", "of it private in MiB"]):
        rows.append((name, [(first[index], second[index]) for first, second in runs]))
    for name, pairs in rows:
        medians = [statistics.median(side) for side in zip(*pairs)]
        ratio = statistics.median(first / second for first, second in pairs)
        print(f"{name}: {medians[0]:.2f} / {medians[1]:.2f}, ratio {ratio:.2f}")


def size(binary):
    return Path(binary).stat().st_size / 2**20


def at_handshake(binary):
    """Milliseconds until the handshake is printed, then the resident and the private memory in MiB."""
    environment = os.environ | start.HOST | {"PLUGIN_CLIENT_CERT": start.certificate()}
    began = time.perf_counter()
    process = subprocess.Popen([binary], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert process.stdout.readline(), f"{binary} doesn't shake hands"
        took = time.perf_counter() - began
        status = Path(f"/proc/{process.pid}/status").read_text()
    finally:
        process.kill()
        process.wait()
    fields = {name: value.split() for name, value in (line.split(":", 1) for line in status.splitlines())}
    resident, private = (int(fields[name][0]) / 2**10 for name in ["VmRSS", "RssAnon"])
    return took * 1000, resident, private
