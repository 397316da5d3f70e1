"""Archives, checksums and the signature, the same bytes for the same contents."""

import contextlib
import hashlib
import os
import subprocess
import tempfile
import time
import zipfile
from pathlib import Path

import project

#: GnuPG's numbers of the algorithms that the registries take: RSA and DSA.
SIGNING_ALGORITHMS = {"1", "3", "17"}


def write(path, contents):
    """A zip of `contents`, names with bytes and whether each is a program; sorted, and with the commit's time."""
    moment = time.gmtime(project.epoch())[:6]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, (data, is_program) in sorted(contents.items()):
            entry = zipfile.ZipInfo(name, moment)
            entry.create_system = 3  # Unix, whose permissions follow.
            entry.external_attr = (0o100755 if is_program else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data, compresslevel=9)


def read(path, name, folder):
    """The program `name` out of a zip, unpacked in `folder`."""
    with zipfile.ZipFile(path) as archive:
        program = Path(archive.extract(name, folder))
    program.chmod(0o755)
    return program


def sums(paths):
    """Lines as `sha256sum` writes them."""
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))


def sign(path):
    """Writes a detached binary signature beside the file; says why where there is none."""
    signature = path.with_name(f"{path.name}.sig")
    signature.unlink(missing_ok=True)
    key, fingerprint = os.environ.get("GPG_PRIVATE_KEY"), os.environ.get("GPG_FINGERPRINT")
    if not key and not fingerprint:
        return "not signed: neither GPG_PRIVATE_KEY nor GPG_FINGERPRINT is set"
    with keyring(key):
        listed = gpg("--with-colons", "--list-secret-keys", *([fingerprint] if fingerprint else []))
        keys = [line.split(":") for line in listed.splitlines() if line.startswith("sec:")]
        if len(keys) != 1 or keys[0][3] not in SIGNING_ALGORITHMS:
            raise SystemExit("the signing key must be one, of RSA or DSA: the registries take no other")
        gpg("--local-user", keys[0][4], "--output", str(signature), "--detach-sign", str(path))
        gpg("--verify", str(signature), str(path))
    return None


@contextlib.contextmanager
def keyring(key):
    """A keyring with this key alone, gone afterwards; the user's own where there is no key."""
    if not key:
        yield
        return
    with tempfile.TemporaryDirectory() as home:
        before = os.environ.get("GNUPGHOME")
        os.environ["GNUPGHOME"] = home
        try:
            gpg("--import", input=key)
            yield
        finally:
            subprocess.run(["gpgconf", "--kill", "all"], check=False)
            if before is None:
                del os.environ["GNUPGHOME"]
            else:
                os.environ["GNUPGHOME"] = before


def gpg(*arguments, input=None):
    passphrase = os.environ.get("GPG_PASSPHRASE", "")
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(passphrase)
        file.flush()
        options = ["--batch", "--quiet", "--pinentry-mode=loopback", "--passphrase-file", file.name]
        done = subprocess.run(["gpg", *options, *arguments], input=input, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"gpg {arguments[0]}: {done.stderr.strip()}")
    return done.stdout
