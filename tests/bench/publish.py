# SPDX-License-Identifier: MIT
"""Keeping results: results.json, and what is made from it, the tables of README.md and tests/README.md and the plot."""

import json
import os
import subprocess

from plot import draw
from table import detail, duration, fine, growth, markdown, times, verdict
from ways import ROOT

HERE = os.path.dirname(os.path.abspath(__file__))
WAYS = ("no preload", "empty .so", "libnoclobber", "noclobber --trace", "eatmydata", "fakeroot", "fakechroot", "strace")
COLUMNS = (("start", "Start of /bin/true"), ("free", "Rename, nothing in the way"),
           ("overwrite", "Overwrite let through"), ("build", "A real build"))


def merge(results):
    """What is kept, with the parts that were measured now in place of their older ones; a part that could not be measured
    leaves the older one there."""
    path = f"{HERE}/results.json"
    kept = {}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            kept = json.load(file)
    kept.update({part: comparisons for part, comparisons in results.items() if comparisons})
    with open(path, "w", encoding="utf-8") as file:
        json.dump(kept, file, indent=1, ensure_ascii=False)
        file.write("\n")
    return kept


def columns(results):
    """The comparisons that have a row for each way."""
    return [{**results[part][0], "short": short} for part, short in COLUMNS if results.get(part)]


def names(comparisons):
    measured = {row["name"] for comparison in comparisons for row in comparison["rows"]}
    return [name for name in WAYS if name in measured]


def cell(comparison, name):
    row = next((row for row in comparison["rows"] if row["name"] == name), None)
    if row is None:
        return "–"
    return duration(row["median"], comparison["unit"]) if name == WAYS[0] else times(row["ratio"])


def overview(comparisons):
    """The README's table: a row for each way, a column for each comparison."""
    rows = [[name, *(cell(comparison, name) for comparison in comparisons)] for name in names(comparisons)]
    return markdown(["", *(comparison["short"] for comparison in comparisons)], rows)


def pairs(comparisons):
    """Comparisons of one variant to one other, a line each."""
    rows = [[comparison["title"], *(duration(row["median"], comparison["unit"]) for row in comparison["rows"]),
             fine(comparison["rows"][1]["ratio"])] for comparison in comparisons]
    return markdown(["", comparisons[0]["rows"][0]["name"], comparisons[0]["rows"][1]["name"], "ratio"], rows)


def details(results):
    """The page of all that was measured."""
    tables = [detail(comparison) for part in ("start", "free", "overwrite", "refused", "tracers", "build")
              for comparison in results.get(part, ())]
    if "patterns" in results:
        tables.append(growth(results["patterns"]))
    tables += [pairs(results[part][begin:end]) for part, begin, end in
               (("depth", 0, None), ("threads", 0, 5), ("threads", 5, None)) if part in results]
    return "\n\n".join(tables)


def write_section(page, text):
    subprocess.run([f"{ROOT}/scripts/results", "bench", page], input=text, text=True, check=True)


def publish(measured):
    results = merge(measured)
    comparisons = columns(results)
    goals = [verdict(goal) for comparison in comparisons for goal in comparison["goals"]]
    write_section("README.md", overview(comparisons))
    write_section("tests/README.md", details(results))
    with open(f"{HERE}/results.svg", "w", encoding="utf-8") as file:
        file.write(draw(names(comparisons), comparisons, results))
    print("\n" + "\n".join(goals))
