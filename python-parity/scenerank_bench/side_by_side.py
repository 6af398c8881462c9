"""Two workers in the same time window, each on its own core, then with their cores swapped."""

import dataclasses
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
    """Medians over windows: ours, theirs, and of the windows' ratios, above 1 where ours is better."""

    ours: float
    theirs: float
    ratio: float

    def to_json(self):
        return dataclasses.asdict(self)


def speeds(pairs):
    """Compare rows a second."""
    return Comparison(
        statistics.median(pair.ours["rows_per_second"] for pair in pairs),
        statistics.median(pair.theirs["rows_per_second"] for pair in pairs),
        statistics.median(pair.speed for pair in pairs),
    )


def latencies(pairs):
    """Compare the calls' middle times, in milliseconds."""
    return Comparison(
        statistics.median(pair.ours["median_ms"] for pair in pairs),
        statistics.median(pair.theirs["median_ms"] for pair in pairs),
        statistics.median(pair.latency for pair in pairs),
    )


def share_of_gemm(worker, multiply_adds, core, seconds):
    """Return (billions of flops a second of matrix products, the share that training makes of them).

    Both are timed in turn while nothing else runs, since a machine's speed drifts by the second.

    :param multiply_adds: of one row
    """
    if core is not None:
        worker.pin(core)
    peaks, shares = [], []
    for _ in range(max(1, round(seconds / 0.65))):
        rate = worker.ask("window 0.5")["rows_per_second"]
        peaks.append(worker.ask("gemm 0.15")["gigaflops"])
        shares.append(2e-9 * multiply_adds * rate / peaks[-1])
    return statistics.median(peaks), statistics.median(shares)
