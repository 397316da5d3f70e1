"""Builds a binary so that the same commit gives the same bytes, in whatever folder."""

import os
import platform as system
import shlex
import shutil
import subprocess
from pathlib import Path

import project


def available(platform):
    """Why the platform can't be built here; nothing where it can."""
    if platform.needs_its_own_system and platform.os != system.system().lower():
        return "it needs Apple's frameworks: build it on macOS"
    if not shutil.which("rustup"):
        return f"there is no rustup to add {platform.target}"
    added = subprocess.run(
        ["rustup", "target", "add", platform.target], cwd=project.ROOT, capture_output=True, text=True
    )
    if added.returncode != 0:
        return f"rustup can't add {platform.target}"
    return None


def build(platform, binary):
    """The path of the built binary."""
    target_directory = Path(project.metadata("--no-deps")["target_directory"])
    cargo = ["cargo", "build" if platform.needs_its_own_system else "zigbuild"]
    subprocess.run(
        [*cargo, "--locked", "--release", "--target", platform.target, "--bin", binary, *project.features(binary)],
        cwd=project.ROOT,
        env=environment(platform, target_directory),
        check=True,
    )
    return target_directory / platform.target / "release" / f"{binary}{platform.suffix}"


def environment(platform, target_directory):
    """The environment of cargo: nothing in the binary names a folder of this machine."""
    folders = prefixes(target_directory)
    rust = [f"--remap-path-prefix={folder}={name}" for folder, name in folders]
    if platform.target.endswith(("musl", "musleabihf")):
        # Zig links musl to a fixed address unless it is told otherwise.
        rust += ["-C", "link-arg=-pie"]
    c = [f"-ffile-prefix-map={folder}={name}" for folder, name in folders]
    # AES for AVX-512 is 660 KiB of unrolled loops, and no connection of a provider is so fast.
    c.append("-DMY_ASSEMBLER_IS_TOO_OLD_FOR_512AVX")
    return os.environ | {
        "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(rust),
        f"CFLAGS_{platform.target.replace('-', '_')}": shlex.join(c),
        # A folder's name may hold blanks.
        "CC_SHELL_ESCAPED_FLAGS": "1",
        "CARGO_INCREMENTAL": "0",
        "SOURCE_DATE_EPOCH": str(project.epoch()),
        "IWD_COMMIT": project.commit(),
    }


def prefixes(target_directory):
    """The folders of this machine, each with the name that stands for it; the last one that fits decides."""
    home = Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo")
    sysroot = project.output("rustc", "--print", "sysroot")
    rustc = dict(line.split(": ", 1) for line in project.output("rustc", "-vV").splitlines() if ": " in line)
    return [
        (project.ROOT, "."),
        (target_directory, "target"),
        *((registry, "crates") for registry in sorted(home.glob("registry/src/*"))),
        (f"{sysroot}/lib/rustlib/src/rust", f"/rustc/{rustc['commit-hash']}"),
    ]
