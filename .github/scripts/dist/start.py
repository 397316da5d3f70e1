"""Starts a built provider as Terraform would, where this machine can."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import project

QEMU = {"amd64": "x86_64", "arm64": "aarch64", "386": "i386", "arm": "arm"}

HANDSHAKE = re.compile(r"1\|5\|tcp\|127\.0\.0\.1:\d+\|grpc\|[A-Za-z0-9+/]+")

#: How long a start may take, in seconds.
LIMIT = 120


def starter(platform):
    """The command that runs a program of that platform: empty for the machine itself, none where there is none."""
    if platform.is_native:
        return []
    if platform.os == "linux":
        names = [f"qemu-{QEMU[platform.arch]}-static", f"qemu-{QEMU[platform.arch]}"]
    elif platform.os == "windows":
        names = ["wine64", "wine"]
    else:
        names = []
    found = next(filter(None, map(shutil.which, names)), None)
    return [found] if found else None


def check(platform, binary):
    """Asks for the version and shakes hands; says why where the binary could not be started."""
    command = starter(platform)
    if command is None:
        return "not started: nothing here runs it"
    is_wine = platform.os == "windows" and not platform.is_native
    with tempfile.TemporaryDirectory() as folder:
        if is_wine:
            lend_random_numbers(folder)
            binary = shutil.copy(binary, folder)
        wanted = f"{project.PROVIDER} {project.version()} (commit {project.commit()}, {platform.target})"
        told = run([*command, binary, "--version"], folder).strip()
        assert told == wanted, f"--version says {told!r} instead of {wanted!r}"
        answer = run([*command, binary], folder, PLUGIN_CLIENT_CERT=certificate(), **HOST).strip()
        assert HANDSHAKE.fullmatch(answer), f"no handshake, but {answer!r}"
        if is_wine:
            subprocess.run(["wineserver", "--kill"], env=os.environ | {"WINEPREFIX": f"{folder}/wine"}, check=False)
    return None


def lend_random_numbers(folder):
    """Puts the library that Wine has only from version 9 on beside the program; Wine prefers its own."""
    source = Path(__file__).parent / "bcryptprimitives.c"
    subprocess.run(
        [sys.executable, "-m", "ziglang", "cc", "-target", "x86_64-windows-gnu", "-shared", "-s",
         "-o", f"{folder}/bcryptprimitives.dll", str(source), "-ladvapi32"],
        check=True,
    )  # fmt: skip


def certificate():
    """A client's, of the kind that Terraform makes."""
    return (Path(__file__).parent / "client.pem").read_text()


#: What Terraform sets for its plugins.
HOST = {
    "TF_PLUGIN_MAGIC_COOKIE": "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
    "PLUGIN_PROTOCOL_VERSIONS": "5",
    "PLUGIN_MIN_PORT": "0",
    "PLUGIN_MAX_PORT": "0",
}


def run(command, folder, **environment):
    """The first line that a program prints; it is ended then."""
    environment = os.environ | environment | {"WINEPREFIX": f"{folder}/wine", "WINEDEBUG": "-all"}
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True
        )
        watch = threading.Timer(LIMIT, process.kill)
        watch.start()
        try:
            line = process.stdout.readline()
        finally:
            watch.cancel()
            process.kill()
            process.wait()
        errors.seek(0)
        assert line, f"{command[-1]} printed nothing on standard output, and: {errors.read()}"
    return line
