"""Makes a release: archives, bills of materials, manifest, checksums and signature.

    python .github/scripts/dist build FOLDER PLATFORM...   builds, starts what this machine can, and packs
    python .github/scripts/dist start FOLDER PLATFORM...   starts the provider out of the archives
    python .github/scripts/dist finish FOLDER              sums up and signs all that is in the folder
    python .github/scripts/dist finish FOLDER PLATFORM...  does so if these are there, and a key to sign with
    python .github/scripts/dist binary PLATFORM            builds the provider alone and prints its path
    python .github/scripts/dist version TAG                prints the version, which the tag must name
    python .github/scripts/dist compare BINARY BINARY      measures two builds of it, on Linux

A platform is `native`, `all`, or Terraform's name of one, such as `linux_arm64`. With `all`, what can't be built here
is left out. The signing key comes from GPG_PRIVATE_KEY (armored) or GPG_FINGERPRINT (in the keyring), its passphrase
from GPG_PASSPHRASE.
"""

import json
import sys
import tempfile
from pathlib import Path

import archive
import build
import licenses
import measure
import platforms
import project
import sbom
import start

SHELF = ["README.md", "CHANGELOG.md", "LICENSE", "LICENSE-APACHE", "LICENSE-MIT"]


def main(arguments):
    project.commit()  # As it is now, whatever is edited meanwhile.
    match arguments:
        case ["build", folder, *words] if words:
            build_all(Path(folder), words)
        case ["start", folder, *words] if words:
            start_all(Path(folder), words)
        case ["finish", folder, *words]:
            finish(Path(folder), platforms.asked_for(words))
        case ["binary", word]:
            [platform] = platforms.asked_for([word])
            if reason := build.available(platform):
                raise SystemExit(reason)
            print(build.build(platform, project.PROVIDER))
        case ["version", tag]:
            if tag != f"v{project.version()}":
                raise SystemExit(f"the tag is {tag}, and the version in Cargo.toml is {project.version()}")
            print(project.version())
        case ["compare", one, other]:
            measure.compare(one, other)
        case _:
            raise SystemExit(__doc__)


def build_all(folder, words):
    folder.mkdir(parents=True, exist_ok=True)
    for platform in platforms.asked_for(words):
        if reason := build.available(platform):
            say(platform.name, f"left out: {reason}")
            if platform.name in words:
                raise SystemExit(f"{platform.name} was asked for by name")
            continue
        provider = build.build(platform, project.PROVIDER)
        say(platform.name, start.check(platform, provider) or "started: says its version and shakes hands")
        pack(folder, platform, project.PROVIDER, provider, f"{project.PROVIDER}_v{project.version()}")
        pack(folder, platform, project.SIMULATOR, build.build(platform, project.SIMULATOR), project.SIMULATOR)


def start_all(folder, words):
    """Starts each, and ends the release where one can't be started here."""
    for platform in platforms.asked_for(words):
        with tempfile.TemporaryDirectory() as home:
            name = f"{project.PROVIDER}_v{project.version()}{platform.suffix}"
            program = archive.read(folder / archive_name(project.PROVIDER, platform), name, Path(home))
            if reason := start.check(platform, program):
                raise SystemExit(f"{platform.name}: {reason}")
        say(platform.name, "started: says its version and shakes hands")


def archive_name(binary, platform):
    return f"{binary}_{project.version()}_{platform.name}.zip"


def pack(folder, platform, binary, path, name):
    """Writes the archive of one binary and its bill of materials."""
    packages = project.linked_packages(binary, platform.target)
    bill = sbom.bill(binary, platform, packages)
    sbom.check(bill, packages)
    contents = {name: ((project.ROOT / name).read_bytes(), False) for name in SHELF}
    contents["THIRD-PARTY-LICENSES.txt"] = (licenses.text(packages, platform).encode(), False)
    contents[f"{name}{platform.suffix}"] = (path.read_bytes(), True)
    path = folder / archive_name(binary, platform)
    archive.write(path, contents)
    bill_path = path.with_suffix(".cdx.json")
    bill_path.write_text(json.dumps(bill, indent=1) + "\n")
    say(platform.name, f"wrote {path.name} and {bill_path.name}")


def finish(folder, wanted):
    """Writes what stands beside the archives of this version; ends the release where one of those wanted is missing."""
    for platform in wanted:
        for binary in (project.PROVIDER, project.SIMULATOR):
            if not (folder / archive_name(binary, platform)).exists():
                raise SystemExit(f"{archive_name(binary, platform)} is missing")
    stem = f"{project.PROVIDER}_{project.version()}"
    manifest = (project.ROOT / "terraform-registry-manifest.json").read_bytes()
    (folder / f"{stem}_manifest.json").write_bytes(manifest)
    sums = folder / f"{stem}_SHA256SUMS"
    ends = ["_*.zip", "_*.cdx.json", "_manifest.json"]
    summed = [path for end in ends for path in folder.glob(f"*_{project.version()}{end}")]
    for path in summed:
        if path.suffix == ".zip":
            assert path.with_suffix(".cdx.json") in summed, f"{path.name} has no bill of materials"
    sums.write_text(archive.sums(summed))
    unsigned = archive.sign(sums)
    say(sums.name, unsigned or "signed")
    if wanted and unsigned:
        raise SystemExit("a release for all to have is signed")


def say(about, what):
    print(f"{about}: {what}", file=sys.stderr, flush=True)


main(sys.argv[1:])
