"""Makes a release: archives, bills of materials, manifest, checksums and signature.

    python .github/scripts/dist build FOLDER PLATFORM...   builds, starts what this machine can, and packs
    python .github/scripts/dist finish FOLDER              sums up and signs all that is in the folder
    python .github/scripts/dist binary PLATFORM            builds the provider alone and prints its path

A platform is `native`, `all`, or Terraform's name of one, such as `linux_arm64`. With `all`, what can't be built here
is left out. The signing key comes from GPG_PRIVATE_KEY (armored) or GPG_FINGERPRINT (in the keyring), its passphrase
from GPG_PASSPHRASE.
"""

import json
import sys
from pathlib import Path

import archive
import build
import licenses
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
        case ["finish", folder]:
            finish(Path(folder))
        case ["binary", word]:
            [platform] = platforms.asked_for([word])
            if reason := build.available(platform):
                raise SystemExit(reason)
            print(build.build(platform, project.PROVIDER))
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


def pack(folder, platform, binary, path, name):
    """Writes the archive of one binary and its bill of materials."""
    packages = project.linked_packages(binary, platform.target)
    bill = sbom.bill(binary, platform, packages)
    sbom.check(bill, packages)
    contents = {name: ((project.ROOT / name).read_bytes(), False) for name in SHELF}
    contents["THIRD-PARTY-LICENSES.txt"] = (licenses.text(packages, platform).encode(), False)
    contents[f"{name}{platform.suffix}"] = (path.read_bytes(), True)
    stem = f"{binary}_{project.version()}_{platform.name}"
    archive.write(folder / f"{stem}.zip", contents)
    (folder / f"{stem}.cdx.json").write_text(json.dumps(bill, indent=1) + "\n")
    say(platform.name, f"wrote {stem}.zip and {stem}.cdx.json")


def finish(folder):
    """Writes what stands beside the archives of this version."""
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
    say(sums.name, archive.sign(sums) or "signed")


def say(about, what):
    print(f"{about}: {what}", file=sys.stderr, flush=True)


main(sys.argv[1:])
