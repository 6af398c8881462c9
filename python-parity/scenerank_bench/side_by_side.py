"""Two workers in the same time window, each on its own core, then with their cores swapped."""

import dataclasses
import math
import statistics

from .processes import two_cores


@dataclasses.dataclass(frozen=True)
class Pair:
    """What one window gave: the two workers' answers, ours first."""

    ours: dict
    theirs: dict

    @property
    def speed(self):
        """How many times faster ours was, in rows a second."""
        return self.ours["rows_per_second"] / self.theirs["rows_per_second"]

    @property
    def latency(self):
        """How many times shorter a call of ours was."""
        return self.theirs["median_ms"] / self.ours["median_ms"]


def measure(ours, theirs, rounds, request, together=True):
    """Return the :class:`Pair` of each window, two a round: cores as they are, then swapped.

    :param request: what both are asked
    :param together: false times one after the other, each on all cores that it has
    """
    first, second = two_cores()
    pairs = []
    for _ in range(rounds):
        for swapped in (False, True):
            if not together or first == second:
                order = (theirs, ours) if swapped else (ours, theirs)
                answers = {worker.name: worker.ask(request) for worker in order}
                pairs.append(Pair(answers[ours.name], answers[theirs.name]))
                continue
            ours.pin(second if swapped else first)
            theirs.pin(first if swapped else second)
            ours.send(request)
            theirs.send(request)
            pairs.append(Pair(ours.answer(), theirs.answer()))
    return pairs


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Ours, theirs, and how much better ours is (above 1).

    ``ours`` and ``theirs`` are medians over windows. A round's ratio is the geometric mean of its two
    windows', so that a core which is slower than the other weighs on both sides alike; ``ratio`` is
    the rounds' median. ``cpu`` is the smallest share of a core that a worker had in the median: far
    below 1, the machine was busy with something else.
    """

    ours: float
    theirs: float
    ratio: float
    cpu: float

    def to_json(self):
        return dataclasses.asdict(self)


def speeds(pairs):
    """Compare rows a second."""
    return _compare(pairs, "rows_per_second", [pair.speed for pair in pairs])


def latencies(pairs):
    """Compare the calls' middle times, in milliseconds."""
    return _compare(pairs, "median_ms", [pair.latency for pair in pairs])


def _compare(pairs, key, ratios):
    ours = [pair.ours for pair in pairs]
    theirs = [pair.theirs for pair in pairs]
    rounds = [math.sqrt(a * b) for a, b in zip(ratios[0::2], ratios[1::2], strict=True)]
    return Comparison(
        statistics.median(answer[key] for answer in ours),
        statistics.median(answer[key] for answer in theirs),
        statistics.median(rounds),
        min(statistics.median(answer["cpu"] for answer in side) for side in (ours, theirs)),
    )

