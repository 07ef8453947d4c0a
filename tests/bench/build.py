# SPDX-License-Identifier: MIT
"""A real build: GNU hello as Debian has its source, configured, compiled, tested and installed, each time from a fresh tree."""

import ctypes
import os
import resource
import shutil
import subprocess
import time

from compare import compare
from debian import fetch, unpack
from ways import OTHERS, PLAIN, ROOT, STRACE, here, shim, traced

PACKAGE = "hello"
STEPS = "./configure -q --disable-nls && make -s && make -s install DESTDIR=$PWD/installed"


def adopt_orphans():
    """Whoever ends without a parent, as a tracer or fakeroot's daemon does, becomes a child of this process."""
    pr_set_child_subreaper = 36
    ctypes.CDLL(None).prctl(pr_set_child_subreaper, 1, 0, 0, 0)


def reap_orphans():
    try:
        while True:
            os.waitpid(-1, 0)
    except ChildProcessError:
        pass


def processor_time():
    """Of all that has ended below this process."""
    reap_orphans()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Build:
    def __init__(self, archive, folder):
        self.archive = archive
        self.tree = f"{folder}/tree"
        self.waited = {}

    def run(self, way):
        """One build. Returns the seconds of processor time that it took with all its children, user and system: the time on the
        clock depends on what else the machine does, and is only kept beside it."""
        shutil.rmtree(self.tree, ignore_errors=True)
        unpack(self.archive, self.tree)
        begin, used = time.monotonic(), processor_time()
        with open(f"{self.tree}.log", "w", encoding="utf-8") as log:
            way.run(["sh", "-c", STEPS], cwd=self.tree, stdout=log, stderr=subprocess.STDOUT)
        self.waited.setdefault(way.name, []).append(time.monotonic() - begin)
        return processor_time() - used

    def count_renames(self):
        """How many renames a build makes and how many of them replace something, as the library's own record says."""
        log = f"{self.tree}.jsonl"
        self.run(shim(mode="audit", log=log))
        with open(log, encoding="utf-8") as events:
            return sum(1 for _ in events)


def real_build(place):
    folder = f"{ROOT}/build/debian"
    archive = fetch(PACKAGE, folder)
    if not archive:
        print(f"skipped the real build: the source of {PACKAGE} can't be had here")
        return []
    adopt_orphans()
    build = Build(archive, place.folder)
    ways = here([PLAIN, shim(protect="/srv/releases/"), shim("libnoclobber, MODE=audit", mode="audit"), *OTHERS,
                 traced(), STRACE])
    title = f"A build of {os.path.basename(archive).split('.orig')[0].replace('_', ' ')}"
    found = compare(title, "s", max(3, place.rounds // 3), [(way.name, lambda way=way: build.run(way)) for way in ways])
    found["replaced"] = build.count_renames()
    return [found]
