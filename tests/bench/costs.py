# SPDX-License-Identifier: MIT
"""What is compared: each part is a function of a Place to work in and gives comparisons (see compare.py) for results.json."""

import os
import shutil
import tempfile

from compare import compare
from ways import (BUILD, EMPTY_SO, NOCLOBBER, OTHERS, PLAIN, STRACE, here, patterns, shim, traced)

RENAMES = f"{BUILD}/tests/bench/renames"
STARTS = f"{BUILD}/tests/bench/starts"
KERNELS_OWN = "the kernel's own, by RENAME_NOREPLACE"


class Place:
    """A folder in memory, the number of rounds, and the processor that everything with a single thread keeps to."""

    def __init__(self, rounds):
        parent = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.rounds = rounds
        self.core = max(os.sched_getaffinity(0))
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix="noclobber-bench-", dir=parent))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder)

    def renames(self, case, way, batches=120, folder=None, threads=1):
        core = self.core if threads == 1 else None
        command = [RENAMES, case, str(batches), folder or self.folder, str(threads)]
        return way.name, lambda: way.number(command, core)

    def starts(self, way, count, *command):
        return way.name, lambda: way.number([STARTS, str(count), *command], self.core)

    def deep(self, levels):
        """A folder that lies so many levels deep."""
        folder = self.folder + f"/levels-{levels}" + "/directory" * (levels - 1)
        os.makedirs(folder, exist_ok=True)
        return folder


def start(place):
    ways = here([PLAIN, EMPTY_SO, shim(), shim("libnoclobber, 10 patterns", protect=patterns(10)),
                 shim("libnoclobber, 1,000 patterns", protect=patterns(1000)), *OTHERS, traced(), STRACE])
    variants = [place.starts(way, 40, "/bin/true") for way in ways]
    command = [NOCLOBBER, "--quiet", "--protect", "/srv/releases/", "--", "/bin/true"]
    variants.append(("the command noclobber itself", place.starts(PLAIN, 10, *command)[1]))
    return [compare("Start of /bin/true", "ns", place.rounds, variants, [("libnoclobber", "empty .so", 1.02)])]


def free(place):
    ways = here([PLAIN, EMPTY_SO, shim(), shim("libnoclobber, 1,000 patterns", protect=patterns(1000)), *OTHERS, traced(),
                 STRACE])
    return [compare("Rename, nothing in the way", "ns", place.rounds, [place.renames("free", way) for way in ways],
                    [("libnoclobber", "no preload", 1.02)])]


def overwrite(place):
    allow = patterns(10, place.folder + "/")
    ways = here([PLAIN, EMPTY_SO, shim(protect=patterns(10)), shim("libnoclobber, excepted by ALLOW", allow=allow),
                 shim("libnoclobber, excepted and logged", allow=allow, log=place.folder + "/log"),
                 shim("libnoclobber, MODE=audit", mode="audit"), *OTHERS, traced(), STRACE])
    variants = [place.renames("overwrite", way, 60) for way in ways]
    # Each directory on the way is opened: openat2(2) would do it in one call, but may end a host that has a filter of its own.
    return [compare("Overwrite that 10 patterns let through", "ns", place.rounds, variants,
                    [("libnoclobber", "no preload", 2.5)])]


def refused(place):
    kernel = (KERNELS_OWN, place.renames("exclusive", PLAIN)[1])
    ways = here([shim(), shim("libnoclobber, 10 patterns", protect=patterns(10, place.folder + "/")),
                 shim("libnoclobber, logged", log=place.folder + "/log"), traced(protect=place.folder + "/")])
    return [compare("Overwrite refused", "ns", place.rounds,
                    [kernel] + [place.renames("refused", way) for way in ways])]


def by_patterns(place):
    """Overwrites that go through after so many patterns were asked in vain."""
    found = []
    for kind, form in (("anchored", "/srv/project-{}/dist/"), ("floating", "out-{}/*.iso")):
        ways = [shim(f"{count:,}", protect=patterns(count, form=form)) for count in (1, 10, 100, 1000)]
        found.append(compare(f"Overwrite by number of patterns, {kind}", "ns", place.rounds,
                             [place.renames("overwrite", way, 20) for way in ways]))
    return found


def by_count(place, title, counts, variants):
    """A comparison for each count; variants: a function of the count."""
    return [{"count": count, **compare(title.format(count), "ns", place.rounds, variants(count))} for count in counts]


def by_depth(place):
    """Where the files lie deep, the kernel itself has more to do."""
    def at(case):
        return lambda levels: [place.renames(case, way, 40, place.deep(levels))
                               for way in (PLAIN, shim(protect=patterns(10)))]

    return (by_count(place, "Rename, nothing in the way, depth {}", (1, 10, 40), at("free")) +
            by_count(place, "Overwrite that 10 patterns let through, depth {}", (1, 10, 40), at("overwrite")))


def by_threads(place):
    """Each thread in a folder of its own; what is compared is the time for all of them together, by rename."""
    def free_at(count):
        return [place.renames("free", way, max(10, 480 // count), threads=count) for way in (PLAIN, shim())]

    def refused_at(count):
        batches = max(10, 480 // count)
        return [(KERNELS_OWN, place.renames("exclusive", PLAIN, batches, threads=count)[1]),
                place.renames("refused", shim(), batches, threads=count)]

    counts = (1, 2, 4, 8, 16)
    return (by_count(place, "Rename, nothing in the way, threads: {}", counts, free_at) +
            by_count(place, "Overwrite refused, threads: {}", counts, refused_at))


PARTS = {"start": start, "free": free, "overwrite": overwrite, "refused": refused, "patterns": by_patterns,
         "depth": by_depth, "threads": by_threads}
