# SPDX-License-Identifier: MIT
"""The picture of results.json: above, what each way costs, as a multiple of no preload; below, how the library's cost grows."""

from svg import Drawing, LogScale, round_values
from table import duration, times

WIDTH, LABELS, MARGIN = 880, 138, 14
TOP, ROW = 62, 25
HIGH = 10.0  # the upper end of the axes of ratios


def is_ours(name):
    return "ours" if "noclobber" in name else ""


# ---- above: a row for each way, a column for each comparison ----

def column(drawing, names, comparison, left, right):
    rows = {row["name"]: row for row in comparison["rows"]}
    scale = LogScale(1.0, HIGH, left, right - 40)
    bottom = TOP + ROW * len(names)
    drawing.text(left, 24, comparison["short"], "title")
    drawing.text(left, 41, f"{duration(rows[names[0]]['median'], comparison['unit'])} without preload", "small")
    for tick in (1, 2, 5, 10):
        drawing.line(scale(tick), TOP - 8, scale(tick), bottom - 4, "axis" if tick == 1 else "grid")
        drawing.text(scale(tick), bottom + 9, f"{tick}×", "small", "middle")
    for number, name in enumerate(names):
        if name in rows:
            bar(drawing, scale, rows[name]["ratio"], TOP + ROW * number + 8, is_ours(name))


def bar(drawing, scale, ratio, y, kind):
    x = scale(min(max(ratio, 0.97), HIGH))
    drawing.line(scale(1.0), y, x, y, f"stem {kind}")
    drawing.dot(x, y, kind)
    drawing.text(x + 9, y + 4, times(ratio), f"small {kind}")


def matrix(drawing, names, comparisons):
    width = (WIDTH - LABELS - MARGIN) / len(comparisons)
    for number, name in enumerate(names):
        drawing.text(LABELS - 16, TOP + ROW * number + 12, name, is_ours(name), "end")
    for number, comparison in enumerate(comparisons):
        column(drawing, names, comparison, LABELS + width * number, LABELS + width * (number + 1) - 8)


# ---- below: curves ----

class Chart:
    """A frame with both axes logarithmic: what is counted to the right, nanoseconds upward. curves: (points, name, kind)."""

    def __init__(self, drawing, box, title, curves):
        left, top, right, bottom = box
        xs = [x for x, _ in curves[0][0]]
        ys = round_values([y for points, _, _ in curves for _, y in points])
        self.x, self.y = LogScale(xs[0], xs[-1], left + 46, right - 66), LogScale(ys[0], ys[-1], bottom - 22, top + 34)
        drawing.text(left, top + 12, title, "title")
        for tick in ys:
            drawing.line(self.x.start, self.y(tick), self.x.end, self.y(tick), "grid")
            drawing.text(self.x.start - 9, self.y(tick) + 4, duration(tick, "ns"), "small", "end")
        for tick in xs:
            drawing.text(self.x(tick), bottom - 2, f"{tick:,}", "small", "middle")
        for points, name, kind in curves:
            self.curve(drawing, [(self.x(x), self.y(y)) for x, y in points], name, kind)

    @staticmethod
    def curve(drawing, placed, name, kind):
        drawing.curve(placed, kind)
        drawing.text(placed[-1][0] + 8, placed[-1][1] + 4, name, f"small {kind}")


def by_number(comparison):
    return [(int(row["name"].replace(",", "")), row["median"]) for row in comparison["rows"]]


def by_count(comparisons, which):
    """One variant's medians, from comparisons that name a count."""
    return [(comparison["count"], comparison["rows"][which]["median"]) for comparison in comparisons]


def pattern_curves(comparisons):
    return [(by_number(comparison), name, kind)
            for comparison, name, kind in zip(comparisons, ("anchored", "floating"), ("ours", "second"))]


def pair_curves(comparisons):
    return [(by_count(comparisons, 0), "plain", ""), (by_count(comparisons, 1), "library", "ours")]


def draw(names, comparisons, results):
    """names: the ways, in order; comparisons: the columns, with a "short" title. Returns the SVG."""
    top = TOP + ROW * len(names) + 34
    drawing = Drawing(WIDTH, top + 190, "What libnoclobber costs, beside other preloads")
    matrix(drawing, names, comparisons)
    third = (WIDTH - 2 * MARGIN) / 3
    boxes = [(MARGIN + third * i, top, MARGIN + third * (i + 1), top + 180) for i in range(3)]
    Chart(drawing, boxes[0], "Overwrite, by patterns", pattern_curves(results["patterns"]))
    Chart(drawing, boxes[1], "Overwrite, by levels of path", pair_curves(results["depth"][3:]))
    Chart(drawing, boxes[2], "Rename, by threads", pair_curves(results["threads"][:5]))
    return str(drawing)
