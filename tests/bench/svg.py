# SPDX-License-Identifier: MIT
"""A drawing in SVG, from nothing but strings: text, lines and dots, in tones that read on a light page and on a dark one."""

import math
from html import escape

STYLE = """
text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #6e7781; }
.title { font-size: 13px; font-weight: 600; }
.small { font-size: 10.5px; }
.ours { fill: #1f7a4d; font-weight: 600; }
.second { fill: #8a5a00; font-weight: 600; }
.grid { stroke: #8c959f; stroke-opacity: .28; }
.axis { stroke: #8c959f; stroke-opacity: .75; }
.stem { stroke-width: 5; stroke-linecap: round; stroke: #8c959f; stroke-opacity: .45; }
.stem.ours { stroke: #2da66b; stroke-opacity: .55; }
.dot { fill: #8c959f; }
.dot.ours { fill: #2da66b; }
.dot.second { fill: #d29922; }
.curve { fill: none; stroke-width: 2; stroke: #8c959f; stroke-linejoin: round; }
.curve.ours { stroke: #2da66b; }
.curve.second { stroke: #d29922; }
@media (prefers-color-scheme: dark) {
  text { fill: #9da7b3; }
  .ours { fill: #57d597; }
  .second { fill: #e3b341; }
}
"""


class LogScale:
    """Places values on a logarithmic axis: `low` at pixel `start`, `high` at pixel `end`."""

    def __init__(self, low, high, start, end):
        self.low, self.high, self.start, self.end = low, high, start, end

    def __call__(self, value):
        part = math.log(value / self.low) / math.log(self.high / self.low)
        return self.start + part * (self.end - self.start)


def round_values(values):
    """Round numbers, 1, 2 or 5 times a power of ten, from just below all values to just above them: three at most."""
    steps = [lead * 10 ** power for power in range(10) for lead in (1, 2, 5)]
    below = max(step for step in steps if step <= min(values))
    above = min(step for step in steps if step >= max(values))
    inner = [step for step in steps if below < step < above]
    return [below, *inner[len(inner) // 2:][:1], above]


class Drawing:
    def __init__(self, width, height, description):
        self.width, self.height = width, height
        self.parts = [f"<title>{escape(description)}</title>", f"<style>{STYLE}</style>"]

    def text(self, x, y, words, kind="", anchor="start"):
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>')

    def line(self, x1, y1, x2, y2, kind):
        self.parts.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>')

    def dot(self, x, y, kind="", radius=4.5):
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" class="dot {kind}"/>')

    def curve(self, points, kind=""):
        way = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f'<polyline points="{way}" class="curve {kind}"/>')
        for x, y in points:
            self.dot(x, y, kind, 3.5)

    def __str__(self):
        head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{self.height}" '
                f'viewBox="0 0 {self.width} {self.height}" role="img">')
        return "\n".join(["<!-- SPDX-License-Identifier: MIT -->", head, *self.parts, "</svg>"]) + "\n"
