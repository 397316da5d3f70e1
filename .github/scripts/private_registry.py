"""Publishes a release in the private registry of an organization of HCP Terraform or Terraform Enterprise.

    python .github/scripts/private_registry.py FOLDER

FOLDER holds what `make dist` wrote, or the files of a release. The environment says the rest:

    TFE_ORGANIZATION  the organization
    TFE_TOKEN         a token of its owners team, or of a team that may manage the private registry
    TFE_ADDRESS       https://app.terraform.io unless set
    GPG_PUBLIC_KEY    the key that signed the release, armored; from the keyring unless set

What the registry has already is left as it is, so a publication that broke off goes on when this is run again.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

PROVIDER = "iwd"

#: How long a request may take without an answer, in seconds.
LIMIT = 300


def main(arguments):
    if len(arguments) != 1:
        raise SystemExit(__doc__)
    release = Release.read(Path(arguments[0]))
    key = PublicKey.of(release)
    publish(release, key, Registry.from_environment())


def publish(release, key, registry):
    keys = "/api/registry/private/v2/gpg-keys"
    registry.ensure(
        f"{keys}/{registry.organization}/{key.id}", keys, "gpg-keys",
        {"namespace": registry.organization, "ascii-armor": key.armored},
    )  # fmt: skip
    providers = f"/api/v2/organizations/{registry.organization}/registry-providers"
    provider = f"{providers}/private/{registry.organization}/{PROVIDER}"
    registry.ensure(
        provider, providers, "registry-providers",
        {"name": PROVIDER, "namespace": registry.organization, "registry-name": "private"},
    )  # fmt: skip
    versions = f"{provider}/versions"
    version = registry.ensure(
        f"{versions}/{release.version}", versions, "registry-provider-versions",
        {"version": release.version, "key-id": key.id, "protocols": release.protocols},
    )  # fmt: skip
    if (theirs := version["attributes"]["key-id"]) != key.id:
        raise SystemExit(f"version {release.version} is there already, and signed by {theirs} instead of {key.id}")
    registry.upload(version, "shasums-upload", release.sums)
    registry.upload(version, "shasums-sig-upload", release.signature)
    platforms = f"{versions}/{release.version}/platforms"
    for (os_name, arch), (path, digest) in release.archives.items():
        platform = registry.ensure(
            f"{platforms}/{os_name}/{arch}", platforms, "registry-provider-version-platforms",
            {"os": os_name, "arch": arch, "shasum": digest, "filename": path.name},
        )  # fmt: skip
        if platform["attributes"]["shasum"] != digest:
            raise SystemExit(f"{os_name}_{arch} of {release.version} is there already, and is another archive")
        registry.upload(platform, "provider-binary-upload", path)


@dataclass(frozen=True)
class Release:
    """The files of one version, each with the digest that the sums have."""

    version: str
    protocols: list
    sums: Path
    signature: Path
    archives: dict

    @classmethod
    def read(cls, folder):
        found = sorted(folder.glob(f"terraform-provider-{PROVIDER}_*_SHA256SUMS"))
        if len(found) != 1:
            raise SystemExit(f"{folder} holds {len(found)} files of checksums, not one: make dist writes it")
        [sums] = found
        signature = sums.with_name(f"{sums.name}.sig")
        if not signature.exists():
            raise SystemExit(f"{signature} is missing: the registry takes no release without a signature")
        stem = sums.name.removesuffix("_SHA256SUMS")
        manifest, archives = None, {}
        for line in sums.read_text().splitlines():
            digest, name = line.split("  ", 1)
            if not name.startswith(f"{stem}_"):
                continue  # The simulator's.
            if name == f"{stem}_manifest.json":
                manifest = json.loads(verified(folder / name, digest))
            elif match := re.fullmatch(r"_([a-z]+)_([a-z0-9]+)\.zip", name.removeprefix(stem)):
                verified(folder / name, digest)
                archives[match.groups()] = (folder / name, digest)
        if manifest is None or not archives:
            raise SystemExit(f"{sums} names no {'archive' if manifest else 'manifest'}")
        version = stem.removeprefix(f"terraform-provider-{PROVIDER}_")
        return cls(version, manifest["metadata"]["protocol_versions"], sums, signature, archives)


def verified(path, digest):
    """A file's contents, which must be those of the sums."""
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise SystemExit(f"{path} is not the file that the checksums are of")
    return data


@dataclass(frozen=True)
class PublicKey:
    id: str
    armored: str

    @classmethod
    def of(cls, release):
        """The key by which the release is signed; ends the run where the signature is another's."""
        armored = os.environ.get("GPG_PUBLIC_KEY")
        with tempfile.TemporaryDirectory() as home:
            if not armored:
                packets = gpg("--list-packets", release.signature, GNUPGHOME=home)
                issuer = re.search(r"keyid ([0-9A-F]{16})", packets)[1]
                armored = gpg("--armor", "--export", issuer)
                if not armored:
                    raise SystemExit(f"the keyring lacks {issuer}, which signed the release: set GPG_PUBLIC_KEY")
            gpg("--import", input=armored, GNUPGHOME=home)
            gpg("--verify", release.signature, release.sums, GNUPGHOME=home)
            listed = gpg("--with-colons", "--list-keys", GNUPGHOME=home).splitlines()
            [identity] = [line.split(":")[4] for line in listed if line.startswith("pub:")]
            return cls(identity, armored)


def gpg(*arguments, input=None, **environment):
    done = subprocess.run(
        ["gpg", "--batch", "--quiet", "--no-autostart", *arguments],
        input=input, capture_output=True, text=True, env=os.environ | environment,
    )  # fmt: skip
    if done.returncode != 0:
        raise SystemExit(f"gpg {arguments[0]}: {done.stderr.strip()}")
    return done.stdout


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows none, since they would carry the token elsewhere."""

    def redirect_request(self, *_):
        return None


class Registry:
    def __init__(self, address, organization, token):
        self.address = address.rstrip("/")
        self.organization = organization
        self.token = token
        self.opener = urllib.request.build_opener(NoRedirects)

    @classmethod
    def from_environment(cls):
        address = os.environ.get("TFE_ADDRESS") or "https://app.terraform.io"
        url = urlsplit(address)
        if url.scheme != "https" and url.hostname not in ("127.0.0.1", "localhost"):
            raise SystemExit(f"TFE_ADDRESS must begin with https://: {address}")
        missing = [name for name in ("TFE_ORGANIZATION", "TFE_TOKEN") if not os.environ.get(name)]
        if missing:
            raise SystemExit(f"{' and '.join(missing)} must be set")
        return cls(address, os.environ["TFE_ORGANIZATION"], os.environ["TFE_TOKEN"])

    def ensure(self, path, collection, kind, attributes):
        """The object at `path`, created in `collection` where it is missing."""
        found = self.call("GET", path)
        if found is None:
            found = self.call("POST", collection, {"data": {"type": kind, "attributes": attributes}})
            say(f"created {path}")
        if found is None:
            raise SystemExit(f"POST {collection}: not found, or the token may not do this")
        return found["data"]

    def upload(self, owner, link, path):
        """Uploads a file to where its owner says; the owner has no such link where the file is there."""
        if url := owner["links"].get(link):
            # The URL itself is the right to upload; the token is not for this host.
            self.send("PUT", url, path.read_bytes(), {"Content-Type": "application/octet-stream"})
            say(f"uploaded {path.name}")

    def call(self, method, path, body=None):
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/vnd.api+json"}
        answer = self.send(method, f"{self.address}{path}", body and json.dumps(body).encode(), headers)
        return answer and json.loads(answer)

    def send(self, method, url, data, headers):
        """The answer; none where there is nothing of that name."""
        request = urllib.request.Request(url, data, headers, method=method)
        try:
            with self.opener.open(request, timeout=LIMIT) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            if error.code == 404 and method != "PUT":
                return None
            what = error.read(1000).decode(errors="replace")
            raise SystemExit(f"{method} {where(url)}: {error.code} {error.reason} {what}") from None
        except OSError as error:
            raise SystemExit(f"{method} {where(url)}: {error}") from None


def where(url):
    """The URL without what gives the right to upload."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path if parts.path.startswith('/api/') else ''}"


def say(what):
    print(what, file=sys.stderr, flush=True)


main(sys.argv[1:])
