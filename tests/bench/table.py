# SPDX-License-Identifier: MIT
"""Comparisons in words: for the terminal, and as Markdown tables."""

UNITS = (("s", 1e9), ("ms", 1e6), ("µs", 1e3), ("ns", 1.0))


def duration(value, unit):
    """A time in the unit that suits it; `unit` is what it is given in."""
    nanoseconds = value * (1e9 if unit == "s" else 1)
    name, size = next(((name, size) for name, size in UNITS if nanoseconds >= size), UNITS[-1])
    number = nanoseconds / size
    return f"{number:.0f} {name}" if number >= 100 else f"{number:.3g} {name}"


def times(ratio):
    """A ratio, as fine as it is worth."""
    return f"{ratio:.2f} ×" if ratio < 10 else f"{ratio:.0f} ×"


def fine(ratio):
    return f"{ratio:.3f}" if ratio < 10 else f"{ratio:.1f}"


def verdict(goal):
    met = "met" if goal["is"] <= goal["at most"] else "**missed**"
    return f"{goal['name']} ≤ {goal['at most']:g} × {goal['to']}: {fine(goal['is'])}, {met}"


def show(comparison):
    print(f"\n{comparison['title']}")
    for row in comparison["rows"]:
        low, high = row["middle"]
        print(f"  {row['name']:40} {duration(row['median'], comparison['unit']):>10} {fine(row['ratio']):>8} ×"
              f"   [{fine(low)}, {fine(high)}]")
    for goal in comparison["goals"]:
        print("  " + verdict(goal).replace("**", ""), flush=True)


def markdown(headings, rows):
    lines = ["| " + " | ".join(headings) + " |", "|---" + "|---:" * (len(headings) - 1) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def detail(comparison):
    """One comparison in full."""
    rows = [[row["name"], duration(row["median"], comparison["unit"]), fine(row["ratio"]),
             f"{fine(row['middle'][0])} … {fine(row['middle'][1])}"] for row in comparison["rows"]]
    goals = "".join(f"\n\n{verdict(goal)}." for goal in comparison["goals"])
    return markdown([comparison["title"], "median", "ratio", "middle half"], rows) + goals


def growth(comparisons):
    """Comparisons whose variants are numbers of patterns: what each further pattern adds."""
    rows = []
    for comparison in comparisons:
        counts = [int(row["name"].replace(",", "")) for row in comparison["rows"]]
        medians = [row["median"] for row in comparison["rows"]]
        each = (medians[-1] - medians[0]) / (counts[-1] - counts[0])
        rows.append([comparison["title"], *(duration(value, "ns") for value in medians), duration(each, "ns")])
    return markdown(["", *(row["name"] for row in comparisons[0]["rows"]), "for each pattern"], rows)
