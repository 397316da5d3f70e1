"""The licenses of all that is in a binary, in one text."""

import importlib.util
import re
from html.parser import HTMLParser
from pathlib import Path

import project

LICENSE_FILE = re.compile(r"(licen[sc]e|copying|copyright|notice|unlicense)", re.IGNORECASE)

RULE = "=" * 80


def text(packages, platform):
    parts = [
        "What is in this program besides its own code, and on which terms. Each part is named, then follow the license\n"
        "files that it comes with.\n"
    ]
    for package in packages:
        if package["name"] == project.PROVIDER:
            continue
        title = f"{package['name']} {package['version']}: {package['license']}"
        if package["repository"]:
            title += f"\n{package['repository']}"
        parts.append(section(title, package_texts(package)))
    parts.append(section("The Rust standard library", [rust_library()]))
    parts += [section(title, [path.read_text()]) for title, path in libc(platform)]
    return "\n".join(parts)


def section(title, texts):
    return "\n\n".join([f"{RULE}\n{title}\n{RULE}", *(text.strip() for text in texts)]) + "\n"


def package_texts(package):
    folder = Path(package["manifest_path"]).parent
    files = sorted(path for path in folder.rglob("*") if path.is_file() and LICENSE_FILE.match(path.name))
    texts = [path.read_text(errors="replace") for path in files]
    if texts:
        return texts
    own = {"MIT": "LICENSE-MIT", "Apache-2.0": "LICENSE-APACHE"}
    fitting = [name for license, name in own.items() if license in package["license"].split()]
    assert fitting, f"{package['name']} comes without the text of {package['license']}"
    authors = ", ".join(package["authors"]) or f"the authors of {package['name']}"
    terms = (project.ROOT / fitting[0]).read_text()
    return [re.sub(r"(?m)^Copyright .*$", f"Copyright (c) {authors}", terms, count=1)]


def rust_library():
    """The notices that come with the compiler, without their markup."""
    words = []
    parser = HTMLParser()
    parser.handle_data = words.append
    sysroot = Path(project.output("rustc", "--print", "sysroot"))
    parser.feed((sysroot / "share/doc/rust/COPYRIGHT-library.html").read_text())
    return re.sub(r"\n\s*\n+", "\n\n", "".join(words))


def libc(platform):
    """The C library that is linked in, with its notices."""
    names = {"linux": ("musl", "libc/musl/COPYRIGHT"), "windows": ("mingw-w64", "libc/mingw/COPYING")}
    if platform.os not in names:
        return []
    zig = Path(importlib.util.find_spec("ziglang").origin).parent / "lib"
    title, path = names[platform.os]
    return [(title, zig / path), ("LLVM's libunwind", zig / "libunwind/LICENSE.TXT")]
