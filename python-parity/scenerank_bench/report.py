"""A suite's results for people: text, Markdown, JSON and a plot."""

import json

from .targets import HEADER, targets

QUIET = 0.95  # share of its core that a worker has on a machine that does nothing else


def text_table(header, rows):
    """Return a table with columns side by side."""
    lines = [header, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    cells = [[cell.ljust(width) for cell, width in zip(line, widths)] for line in lines]
    rule = ["-" * width for width in widths]
    return "\n".join("  ".join(line).rstrip() for line in [cells[0], rule, *cells[1:]])


def markdown_table(header, rows):
    """Return a table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def gemm_rows(results):
    """Return the rows of the second table: every training with the machine's speed."""
    rows = []
    for cores, found in (("one", results["training"]), ("all", results["all_cores"])):
        for name, training in found.items():
            rows.append(
                [
                    name,
                    cores,
                    f"{training['ours']:,.0f}",
                    f"{training['theirs']:,.0f}",
                    f"{training['ratio']:.2f}×",
                    f"{training['gemm_gigaflops']:.0f}",
                    f"{100 * training['gemm_share']:.0f}%",
                ]
            )
    return rows


GEMM_HEADER = ["training", "cores", "rows/s", "Keras", "ratio", "GEMM GFLOP/s", "share of GEMM"]


def busy(results):
    """Return the least share of a core that a worker had in the comparisons on one core."""
    comparisons = list(results["training"].values())
    for found in results["inference"].values():
        comparisons += [found["one_row"], found["candidates"]]
    return min(found["cpu"] for found in comparisons)


def render(results, table):
    """Return both tables, as ``table`` writes one, and what to know of the machine."""
    machine = results["machine"]
    parts = [
        table(HEADER, [target.cells() for target in targets(results)]),
        table(GEMM_HEADER, gemm_rows(results)),
        f"{machine['processor']}, {machine['cores']} cores; {machine['java']}; "
        f"commit {machine['commit']}, {machine['date'][:10]}; {results['minutes']:.0f} minutes.",
    ]
    parts += warning(busy(results))
    return "\n\n".join(parts) + "\n"


def warning(share):
    """Return the lines that say that a worker had less than its core; none where it had it."""
    if share >= QUIET:
        return []
    return [
        f"The machine was busy with something else: a process had {100 * share:.0f}% of its core. "
        "Ratios may be off."
    ]


def write(results, folder, name):
    """Write ``NAME.json``, ``NAME.md`` and ``NAME.png``; return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = {**results, "targets": [target.to_json() for target in targets(results)]}
    paths = [folder / f"{name}.{end}" for end in ("json", "md", "png")]
    paths[0].write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    paths[1].write_text(render(results, markdown_table), encoding="utf-8")
    plot(results, paths[2])
    return paths


def plot(results, path):
    """Draw how many times faster than Keras each thing is, and what it should be at least."""
    from matplotlib.figure import Figure as Drawing

    shown = [target for target in reversed(targets(results)) if target.versus_keras]
    drawing = Drawing(figsize=(8, 0.45 * len(shown) + 1.2), layout="constrained")
    axes = drawing.add_subplot()
    places = range(len(shown))
    axes.barh(places, [t.measured for t in shown], color="#4878a8", height=0.6)
    for place, target in zip(places, shown):
        axes.plot([target.bound] * 2, [place - 0.4, place + 0.4], color="#c03030", linewidth=2)
        # Inside the bar, where no target's line crosses it.
        label = f"{target.measured:.1f}× "
        axes.text(
            target.measured, place, label, va="center", ha="right", fontsize=9, color="white"
        )
    axes.set_yticks(list(places), [t.what for t in shown])
    axes.set_xscale("log")
    ticks = [tick for tick in (0.5, 1, 2, 5, 10, 20, 50) if tick <= 1.3 * axes.get_xlim()[1]]
    axes.set_xticks(ticks, [f"{tick:g}×" for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_xlabel("times faster than Keras, one core each (red: target)")
    axes.margins(x=0.15)
    drawing.savefig(path, dpi=110, metadata={"Software": None})
