# SPDX-License-Identifier: MIT
"""Holding variants against each other in one run: they take turns, round by round, in an order that rotates, so that what
else the machine does falls on all of them alike. A ratio is the median over the rounds of one variant's number by another's of
the same round."""

import statistics


def take_turns(rounds, variants):
    """variants: (name, function that gives a number). Returns the numbers of each by name, one for each round."""
    numbers = {name: [] for name, _ in variants}
    for number in range(rounds):
        turn = number % len(variants)
        for name, run in variants[turn:] + variants[:turn]:
            numbers[name].append(run())
    return numbers


def spread(ratios):
    """The middle half: first and third quartile."""
    quartiles = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else ratios * 3
    return [quartiles[0], quartiles[2]]


def summary(numbers):
    """A row for each variant, the first being what the others are held to."""
    base = next(iter(numbers.values()))
    rows = []
    for name, own in numbers.items():
        ratios = [a / b for a, b in zip(own, base)]
        rows.append({"name": name, "median": short(statistics.median(own)), "ratio": short(statistics.median(ratios)),
                     "middle": [short(quartile) for quartile in spread(ratios)]})
    return rows


def short(number):
    """As many digits as a measurement is worth."""
    return float(f"{number:.5g}")


def ratio(numbers, one, other):
    return short(statistics.median(a / b for a, b in zip(numbers[one], numbers[other])))


def compare(title, unit, rounds, variants, goals=()):
    """One comparison, as results.json keeps it. goals: (one, other, at most this ratio)."""
    numbers = take_turns(rounds, variants)
    held = [{"name": one, "to": other, "at most": bound, "is": ratio(numbers, one, other)}
            for one, other, bound in goals]
    return {"title": title, "unit": unit, "rounds": rounds, "rows": summary(numbers), "goals": held}
