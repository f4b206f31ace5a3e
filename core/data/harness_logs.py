"""Per-sample logs of lm-evaluation-harness (``--log_samples``), read as predictions.

`core.data.harness_files` says which file is what, `core.data.harness_samples` which fields of
which versions are read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from core.data.formats import read_json, read_objects
from core.data.harness_files import REMEDY, Log, logs_in, unpacked
from core.data.harness_samples import OddSampleError, Sample, sample_of
from core.data.predictions import Predictions
from core.data.problems import EACH_KIND, Problems
from core.data.xnli import CLASS_NAMES as XNLI_CLASSES
from core.errors import UserError
from core.quoting import quote, quote_all

Right = dict[str, tuple[int, ...]]
"""Item -> indices of its right choices."""
CLASS_NAMES: Mapping[str, tuple[str, ...]] = {"xnli": XNLI_CLASSES}
"""Tasks whose choices have another text in every item -> what they mean, in order."""


def read_logs(
    path: Path, task: str | None = None, *, length_normalised: bool = False
) -> Predictions:
    """The predictions in the logs of one task.

    Probabilities are the softmax of the choices' log-likelihoods, in float64; items are those of
    the first language, in its order, and every language must have them all.

    Args:
        path: a folder, a zip archive or a file of it.
        task: which one, where there are logs of several.
        length_normalised: divide each log-likelihood by its choice's characters first.

    Raises:
        DataError: all problems of all files.
        UserError: no such task.
    """
    with unpacked(path) as place:
        return read_task(
            _chosen(logs_in(place, path.name), task, path.name), path.name, length_normalised
        )


def read_task(logs: Sequence[Log], name: str, length_normalised: bool = False) -> Predictions:
    """The predictions in the logs of a task, one a language.

    Raises:
        DataError: all problems of all files, each with its line.
    """
    problems = Problems(name, REMEDY)
    if len(logs) < 2:
        problems.add(f"only one language ({logs[0].language}); 2 or more are needed")
    samples = {log.language: _samples(log, problems, length_normalised) for log in logs}
    problems.raise_if_any()
    gold = {log.language: _gold(log, samples[log.language], problems) for log in logs}
    problems.raise_if_any()
    first = logs[0].language
    for log in logs[1:]:
        _align(log, samples, gold, first, problems)
    problems.raise_if_any()
    return _together(logs, samples, gold[first], length_normalised)


def _chosen(found: Mapping[str, list[Log]], task: str | None, name: str) -> list[Log]:
    """The logs of the task asked for, or of the only one."""
    listed = ", ".join(f"{quote(key)} ({len(logs)} languages)" for key, logs in found.items())
    if task is None and len(found) > 1:
        raise UserError(f"{name}: logs of several tasks, {listed}; say --log-task TASK")
    if task is not None and task not in found:
        raise UserError(f"{name}: no logs of the task {quote(task)}; there are {listed}")
    return found[task or next(iter(found))]


def _samples(log: Log, problems: Problems, length_normalised: bool) -> dict[str, Sample]:
    """Item -> its sample; lines that are none become problems."""
    records, lines = _records(log.path, problems)
    found: dict[str, Sample] = {}
    wrong = []
    for record, line in zip(records, lines, strict=True):
        where = f"{log.path.name} line {line}"
        try:
            sample = sample_of(record)
        except OddSampleError as error:
            wrong.append(f"{where}: {error}")
            continue
        if sample.item in found:
            wrong.append(f"{where}: doc {quote(sample.item)} was there already")
        if length_normalised and not sample.choices:
            wrong.append(f"{where}: no continuations in arguments, whose length is asked for")
        found[sample.item] = sample
    problems.add_kind(wrong, f"more such lines in {log.path.name}")
    if not found and not wrong:
        problems.add(f"{log.path.name} holds no samples")
    return found


def _records(path: Path, problems: Problems) -> tuple[list[dict[str, object]], list[int]]:
    """The samples of a file, and their lines (their numbers in the list of older versions)."""
    with path.open("rb") as handle:
        listed = handle.read(64).lstrip().startswith(b"[")
    if not listed:
        return read_objects(path, problems)
    content = read_json(path, problems)
    if content is not None and not all(isinstance(x, dict) for x in content):
        problems.add(f"{path.name} is a list, but not of samples")
        return [], []
    return content or [], list(range(1, len(content or []) + 1))


def _gold(log: Log, samples: Mapping[str, Sample], problems: Problems) -> Right:
    """The right choices, in the reading of the targets (index or text) that fits the most."""
    best: tuple[list[str], Right] | None = None
    for by_text in (False, True):
        found = {item: sample.gold(by_text=by_text) for item, sample in samples.items()}
        wrong = [
            f"{log.path.name}: doc {quote(item)}: the target {quote(samples[item].target)} "
            + ("is no choice" if not gold else "does not fit acc and the log-likelihoods")
            for item, gold in found.items()
            if not gold or not samples[item].agrees(gold)
        ]
        if best is None or len(wrong) < len(best[0]):
            best = wrong, found
    wrong, found = best or ([], {})
    problems.add_kind(wrong, f"more such targets in {log.path.name}")
    return found


def _align(
    log: Log,
    samples: Mapping[str, Mapping[str, Sample]],
    gold: Mapping[str, Right],
    first: str,
    problems: Problems,
) -> None:
    """Every language has the items of the first one, with as many choices and the same answer."""
    mine, theirs = samples[log.language], samples[first]
    for having, lacking, which in ((theirs, mine, log.language), (mine, theirs, first)):
        missing = [item for item in having if item not in lacking]
        if missing:
            more = ", ..." if len(missing) > EACH_KIND else ""
            problems.add(
                f"{which} lacks {len(missing):,} docs ({quote_all(missing[:EACH_KIND])}{more}) "
                "that another language has"
            )
    both = [item for item in theirs if item in mine]
    problems.add_kind(
        f"{log.path.name}: doc {quote(item)}: {len(mine[item].likelihoods)} choices, but "
        f"{len(theirs[item].likelihoods)} in {first}"
        for item in both
        if len(mine[item].likelihoods) != len(theirs[item].likelihoods)
    )
    problems.add_kind(
        f"{log.path.name}: doc {quote(item)}: choice {quote(gold[log.language][item])} is right, "
        f"but {quote(gold[first][item])} in {first}: these are not the same items"
        for item in both
        if set(gold[log.language][item]) != set(gold[first][item])
    )


def _together(
    logs: Sequence[Log],
    samples: Mapping[str, Mapping[str, Sample]],
    gold: Right,
    length_normalised: bool,
) -> Predictions:
    """The checked samples in one array."""
    first = samples[logs[0].language]
    sizes = np.array([len(sample.likelihoods) for sample in first.values()])
    probabilities = np.zeros((len(logs), len(first), int(sizes.max())))
    for i, log in enumerate(logs):
        for j, item in enumerate(first):
            sample = samples[log.language][item]
            row = sample.probabilities(length_normalised=length_normalised)
            probabilities[i, j, : len(row)] = row
    right = np.zeros(probabilities.shape[1:], dtype=bool)
    for j, item in enumerate(first):
        right[j, list(gold[item])] = True
    mask = np.arange(probabilities.shape[2]) < sizes[:, None]
    return Predictions(
        languages=tuple(log.language for log in logs),
        examples=tuple(first),
        probabilities=probabilities,
        class_names=_class_names(logs[0].task, list(first.values()), probabilities.shape[2]),
        gold=right,
        class_mask=None if mask.all() else mask,
        clusters=tuple(sample.cluster for sample in first.values()),
    )


def _class_names(task: str, samples: Sequence[Sample], classes: int) -> tuple[str, ...]:
    """What the choices are called: their texts where all items share them."""
    known = CLASS_NAMES.get(task, ())
    shared = {tuple(text.strip() for text in sample.choices) for sample in samples}
    alike = next(iter(shared)) if len(shared) == 1 else ()
    for names in (known, alike):
        if len(names) == classes:
            return names
    return tuple(f"choice {k}" for k in range(1, classes + 1))
