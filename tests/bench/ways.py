# SPDX-License-Identifier: MIT
"""The ways to run a program that are held against each other: nothing preloaded, the library, its command, and peers.

A way that this machine does not have says so once, in a line, and is left out."""

import os
import re
import shutil
import subprocess
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.normpath(os.path.join(ROOT, os.environ.get("BUILD", "build")))
SHIM = f"{BUILD}/libnoclobber.so"
NOCLOBBER = f"{BUILD}/noclobber"
EMPTY = f"{BUILD}/tests/bench/empty.so"
if re.search(r"[\s:]", BUILD):  # ld.so takes no such path: copies
    FOLDER = tempfile.TemporaryDirectory()
    SHIM, NOCLOBBER, EMPTY = (shutil.copy(file, FOLDER.name) for file in (SHIM, NOCLOBBER, EMPTY))


class Way:
    """A name for tables, what stands before the program's own command line, and what its environment gains. `core` is the
    processor that it keeps to, or None for all."""

    def __init__(self, name, before=(), environment=None):
        self.name = name
        self.before = list(before)
        self.environment = dict(environment or {})

    def run(self, command, core=None, **options):
        """Runs the command to its end, which must be a good one; `options` are subprocess.run's."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("NOCLOBBER_") and k != "LD_PRELOAD"}
        environment.update(self.environment)
        pin = None if core is None else lambda: os.sched_setaffinity(0, {core})
        return subprocess.run(self.before + command, env=environment, check=True, preexec_fn=pin, **options)

    def number(self, command, core=None):
        """Runs a program of this folder: the number that it prints."""
        return float(self.run(command, core, stdout=subprocess.PIPE).stdout)


PLAIN = Way("no preload")
EMPTY_SO = Way("empty .so", environment={"LD_PRELOAD": EMPTY})


def shim(name="libnoclobber", **settings):
    """Under the library, with settings: protect=… is NOCLOBBER_PROTECT."""
    environment = {f"NOCLOBBER_{key.upper()}": value for key, value in settings.items()}
    return Way(name, environment={"LD_PRELOAD": SHIM, **environment})


def traced(name="noclobber --trace", protect="/srv/releases/", allow=None):
    """Under the tracer."""
    before = [NOCLOBBER, "--trace", "--quiet", "--no-verify", "--refused-status", "0", "--protect", protect]
    return Way(name, before + (["--allow", allow] if allow else []) + ["--"])


STRACE = Way("strace", ["strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=rename,renameat,renameat2", "-o", "/dev/null"])

# fakeroot starts its daemon and ends it; fakechroot runs without a root to fake, which is the least that it costs.
OTHERS = [Way("eatmydata", ["eatmydata"]), Way("fakeroot", ["fakeroot", "--"]), Way("fakechroot", ["fakechroot", "--"])]

told = set()


def is_here(way):
    """Whether the machine has what the way runs; a line the first time that it has not."""
    tool = way.before[0] if way.before else None
    if tool == NOCLOBBER:
        has = "--trace" in subprocess.run([tool, "--help"], stdout=subprocess.PIPE, text=True, check=True).stdout
    else:
        has = tool is None or shutil.which(tool) is not None
    if not has and way.name not in told:
        told.add(way.name)
        print(f"skipped {way.name}: not here", flush=True)
    return has


def here(ways):
    return [way for way in ways if is_here(way)]


def patterns(count, last=None, form="/srv/project-{}/dist/"):
    """COUNT patterns, of which the last is `last`, if it is given."""
    names = [form.format(i) for i in range(count)]
    if last:
        names[-1] = last
    return ":".join(names)
