"""The platforms that a release may have, by Terraform's names for them; as a program, prints that of this machine."""

import platform
from dataclasses import dataclass


@dataclass(frozen=True)
class Platform:
    os: str
    arch: str
    target: str

    @property
    def name(self):
        return f"{self.os}_{self.arch}"

    @property
    def suffix(self):
        return ".exe" if self.os == "windows" else ""

    @property
    def is_native(self):
        return self == native()

    @property
    def needs_its_own_system(self):
        """Whether it is built only where it runs: no compiler here has Apple's frameworks."""
        return self.os == "darwin"


PLATFORMS = [
    Platform("linux", "amd64", "x86_64-unknown-linux-musl"),
    Platform("linux", "arm64", "aarch64-unknown-linux-musl"),
    Platform("linux", "386", "i686-unknown-linux-musl"),
    Platform("linux", "arm", "arm-unknown-linux-musleabihf"),
    Platform("darwin", "amd64", "x86_64-apple-darwin"),
    Platform("darwin", "arm64", "aarch64-apple-darwin"),
    Platform("windows", "amd64", "x86_64-pc-windows-gnu"),
    Platform("windows", "arm64", "aarch64-pc-windows-gnullvm"),
    Platform("freebsd", "amd64", "x86_64-unknown-freebsd"),
]


#: Go's names, which are Terraform's, for what `uname -m` says.
ARCHITECTURES = {
    "x86_64": "amd64",
    "aarch64": "arm64",
    **dict.fromkeys(["i386", "i486", "i586", "i686"], "386"),
    **dict.fromkeys(["armv6l", "armv7l", "armv8l"], "arm"),
}


def terraforms_name(system, machine):
    """Terraform's name of a platform, whether or not a release has it."""
    machine = machine.lower()
    return f"{system.lower()}_{ARCHITECTURES.get(machine, machine)}"


def native_name():
    return terraforms_name(platform.system(), platform.machine())


def native():
    """This machine's own."""
    for one in PLATFORMS:
        if one.name == native_name():
            return one
    raise SystemExit(f"no release is made for {native_name()}")


def asked_for(words):
    """`native`, `all`, or names such as `linux_amd64`."""
    known = {one.name: one for one in PLATFORMS}
    chosen = []
    for word in words:
        if word == "all":
            chosen += PLATFORMS
        elif word == "native":
            chosen.append(native())
        elif word in known:
            chosen.append(known[word])
        else:
            raise SystemExit(f"unknown platform {word}: there are native, all, {', '.join(known)}")
    return list(dict.fromkeys(chosen))


# For `make install`, which runs with older versions of Python, too.
if __name__ == "__main__":
    print(native_name())
