"""Linear probes on the models of several comparisons that differ in the seed only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from core.metrics.probe_record import Cells, MeanSd, ProbeRecord
from core.metrics.spread import Spread


def mean_probes(records: Sequence[ProbeRecord]) -> ProbeRecord:
    """Mean over the encoders' seeds; deviations are between the encoders, not between the probes.

    Args:
        records: of the same task and settings; two at least. What not all of them have is left out.
    """
    first = records[0]
    return replace(
        first,
        seeds=len(records),
        pairs={
            model: _mean([one.pairs[model] for one in records])
            for model in first.pairs
            if all(model in one.pairs for one in records)
        },
        by_language={
            name: _mean([one.by_language[name] for one in records]) for name in first.by_language
        },
        by_group={name: _mean([one.by_group[name] for one in records]) for name in first.by_group},
    )


def _mean(tables: Sequence[Cells]) -> dict[str, Mapping[str, MeanSd]]:
    """Cell by cell."""
    return {
        row: {
            name: _of([table[row][name] for table in tables])
            for name in cells
            if all(name in table[row] for table in tables)
        }
        for row, cells in tables[0].items()
        if all(row in table for table in tables)
    }


def _of(cells: Sequence[MeanSd]) -> MeanSd:
    found = Spread(dict(enumerate(cell.mean for cell in cells)))
    return MeanSd(found.mean, found.deviation)
