"""Where the browser is. Run as a program it installs one, or says what is missing."""

import os
import shutil
import subprocess
import sys

QUIET = subprocess.DEVNULL
NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """GIJIDO_CHROMIUM, else the first Chromium on the PATH."""
    given = os.environ.get("GIJIDO_CHROMIUM")
    return given or next((found for name in NAMES if (found := shutil.which(name))), None)


def install() -> None:
    """Debian's package, where we may."""
    before = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not shutil.which("apt-get") or (before and not shutil.which("sudo")):
        return
    sys.stdout.write("Installing Debian's chromium\n")
    sys.stdout.flush()
    for command in (["update"], ["install", "-y", "chromium"]):
        subprocess.run([*before, "apt-get", *command], stdout=QUIET, stderr=QUIET, check=False)


if __name__ == "__main__":
    if not chromium():
        install()
    if not chromium():
        sys.exit("Chromium is missing: install it, or set GIJIDO_CHROMIUM to its path.")
