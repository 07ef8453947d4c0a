# SPDX-License-Identifier: MIT
"""What --trace costs, beside strace and beside the least that any tracer of renames costs, alone and on a busy machine."""

from compare import compare
from costs import RENAMES, STARTS
from ways import BUILD, PLAIN, STRACE, Way, here, traced

BESIDE = f"{BUILD}/tests/bench/beside"
FLOOR = Way("two stops", [f"{BUILD}/tests/bench/floor"])
TRACE = traced()
LOADS = {"": [], ", beside 8 busy processes": ["busy", "8"], ", beside 8 busy sessions": ["apart", "8"]}
IDLE = 5000


def beside(load, way):
    """The way, on a machine with that load. No processor is kept to: how they share two is what counts."""
    return Way(way.name, [BESIDE, *load, *way.before] if load else way.before, way.environment)


def goals(*held):
    return [(one, other, bound) for one, other, bound in held if "strace" not in (one, other) or here([STRACE])]


def renames(place, load, batches):
    """Free renames and overwrites by turns, so that one can be held against the other."""
    def variant(name, way, case):
        command = [RENAMES, case, str(batches), place.folder, "1"]
        return name, lambda: beside(load, way).number(command)

    ways = here([PLAIN, FLOOR, TRACE, STRACE])
    return [variant(way.name, way, "free") for way in ways] + [variant("noclobber --trace, overwrite", TRACE, "overwrite")]


def by_load(place):
    found = []
    for name, load in LOADS.items():
        held = goals((TRACE.name, STRACE.name, 1.0), (TRACE.name, FLOOR.name, 1.3),
                     ("noclobber --trace, overwrite", TRACE.name, 3.0))
        found.append(compare(f"Traced rename, nothing in the way{name}", "ns", place.rounds,
                             renames(place, load, 10 if load else 40), held))
    return found


def by_start(place):
    held = goals((TRACE.name, STRACE.name, 1.0))
    ways = here([PLAIN, FLOOR, TRACE, STRACE])
    return [compare(title, "ns", place.rounds, [place.starts(way, 100, *command) for way in ways], held)
            for title, command in (("Traced start of /bin/true", ["/bin/true"]), ("Traced start of a thread", []))]


def by_idle(place):
    """Processes that are traced as well, and sleep."""
    def variant(name, way, count):
        command = [BESIDE, "idle", str(count), RENAMES, "free", "20", place.folder, "1"]
        return name, lambda: way.number(command, place.core)

    variants = [variant(f"{way.name}, {count:,} more", way, count) for way in here([TRACE, STRACE]) for count in (0, IDLE)]
    held = [(f"{TRACE.name}, {IDLE:,} more", f"{TRACE.name}, 0 more", 2.0)]
    return [compare("Traced rename, beside sleeping processes", "ns", max(3, place.rounds // 3), variants, held)]


def tracers(place):
    return by_load(place) + by_start(place) + by_idle(place)
