"""What the checkout says of itself."""

import functools
import json
import os
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PROVIDER = "terraform-provider-iwd"
SIMULATOR = "iwd-simulator"

#: The earliest time that a zip archive can hold, for a checkout without git.
EARLIEST = 315532800


def output(*command, **options):
    """What a command prints."""
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, **options)
    return done.stdout.strip()


def git(*arguments):
    """What git says, or nothing where this is no checkout."""
    try:
        return output("git", *arguments, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return ""


@functools.cache
def version():
    manifest = tomllib.loads((ROOT / "Cargo.toml").read_text())
    return manifest["package"]["version"]


@functools.cache
def commit():
    """The commit, marked where the files are not those of the commit; IWD_COMMIT says it where there is no git."""
    if given := os.environ.get("IWD_COMMIT"):
        return given
    commit = git("rev-parse", "--short=12", "HEAD") or "unknown"
    return f"{commit}-dirty" if git("status", "--porcelain") else commit


@functools.cache
def epoch():
    """The time that everything in a release has: that of the commit."""
    return int(os.environ.get("SOURCE_DATE_EPOCH") or git("log", "-1", "--format=%ct") or EARLIEST)


def metadata(*arguments):
    return json.loads(output("cargo", "metadata", "--locked", "--format-version=1", *arguments))


def features(binary):
    """Cargo's arguments for the features that a binary needs, and no others."""
    return ["--features", "simulator"] if binary == SIMULATOR else []


def linked_packages(binary, target):
    """Every package in a binary, as cargo describes it, without what only runs at build time."""
    tree = output(
        "cargo", "tree", "--locked", "--prefix=none", "--format={p}", "--edges=normal,no-proc-macro",
        f"--target={target}", *features(binary),
    )  # fmt: skip
    linked = {tuple(line.split()[:2]) for line in tree.splitlines()}
    packages = metadata(f"--filter-platform={target}", *features(binary))["packages"]
    found = [package for package in packages if (package["name"], f"v{package['version']}") in linked]
    assert len(found) == len(linked), f"cargo tree and cargo metadata disagree about {binary}"
    return sorted(found, key=lambda package: (package["name"], package["version"]))
