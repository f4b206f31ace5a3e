"""One door to tagged sentences: treebanks of a folder, WikiANN of a folder or of the hub."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from core.config.paths import HUB_ID as HUB_FORM
from core.data import hub
from core.data.hub_sources import NamedPlace
from core.data.problems import Problems, check_folder, shown
from core.data.tagging import conllu, wikiann
from core.data.tagging.dataset import SPLITS, TaggedSentences, TaggingDataset, Task, joined
from core.errors import UserError
from core.languages import base, canonical, match_codes
from core.quoting import quote, quote_all

TAG_NAMES: Mapping[Task, tuple[str, ...]] = {"pos": conllu.UPOS, "ner": wikiann.TAGS}
NAMES: Mapping[Task, str] = {"pos": "ud", "ner": "wikiann"}
POS_REMEDY = (
    "Expected: treebanks such as en_ewt-ud-train.conllu (or .conllu.xz), ten columns separated by "
    "tabs, a blank line after each sentence."
)
NER_REMEDY = (
    "Expected: files such as en/train, train-en.tsv or en-train.txt, a word and its tag a line "
    "separated by a tab, a blank line after each sentence."
)


def load_tagging(
    task: Task,
    data: str | None,
    languages: Sequence[str] | None = None,
    treebanks: Sequence[str] = (),
) -> TaggingDataset:
    """Load tagged sentences.

    Args:
        task: ``pos`` or ``ner``.
        data: a folder; for ``ner`` also a dataset's id on the hub, which is the default.
        languages: which ones, by any code; all of a folder by default.
        treebanks: of a language with several, those to use (``en_ewt``); all by default.

    Raises:
        DataError: all problems of all files.
        UserError: nothing there, or not in a language asked for.
    """
    if task == "ner" and (data is None or not Path(data).exists()):
        return _from_hub(data or wikiann.HUB_ID, languages)
    if data is None:
        raise UserError(f"{task} is read from a folder of CoNLL-U files: say --data DIR")
    folder = Path(data)
    check_folder(folder, POS_REMEDY if task == "pos" else NER_REMEDY)
    if task == "pos":
        return _treebanks(folder, languages, treebanks)
    return _wikiann(folder, languages)


def _treebanks(
    folder: Path, languages: Sequence[str] | None, treebanks: Sequence[str]
) -> TaggingDataset:
    """All treebanks of a folder and the folders in it, those of one language together."""
    files = [
        (path, name)
        for path in sorted(folder.rglob("*.conllu*"))
        if (name := conllu.parse_name(path)) is not None
    ]
    problems = Problems(shown(folder), POS_REMEDY)
    if not files:
        problems.add("no file such as en_ewt-ud-train.conllu")
        problems.raise_if_any()
    known = sorted({name.treebank for _, name in files})
    if missing := [name for name in treebanks if name not in known]:
        raise UserError(
            f"{shown(folder)} has no treebank {quote_all(missing)}; it has {quote_all(known, 300)}"
        )
    chosen = {canonical(name.split("_")[0]) for name in treebanks}  # other languages keep theirs
    files = [
        (path, name)
        for path, name in files
        if canonical(name.language) not in chosen or name.treebank in treebanks
    ]
    codes = match_codes({name.language for _, name in files}, languages, shown(folder))
    parts: dict[str, dict[str, list[TaggedSentences]]] = {key: {} for key in codes}
    used: dict[str, list[str]] = {key: [] for key in codes}
    for key, code in codes.items():
        for path, name in files:
            if name.language == code:
                part = conllu.read_conllu(path, name.treebank, problems)
                parts[key].setdefault(name.split, []).append(part)
                used[key] += [name.treebank] if name.treebank not in used[key] else []
    problems.raise_if_any()
    source = {f"{key} treebanks": ", ".join(names) for key, names in used.items()}
    return _dataset("pos", shown(folder), parts, source)


def _wikiann(folder: Path, languages: Sequence[str] | None) -> TaggingDataset:
    """All languages of a folder."""
    saved = {path.parent.name: path.parent for path in folder.glob("*/dataset_dict.json")}
    if saved:
        codes = match_codes(saved, languages, shown(folder))
        parts = {
            key: wikiann.of_hub(hub.open_saved(saved[code]), code, shown(saved[code]))
            for key, code in codes.items()
        }
        return _dataset("ner", shown(folder), _lists(parts), {})
    files = [
        (path, name)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and (name := wikiann.parse_name(path)) is not None
    ]
    problems = Problems(shown(folder), NER_REMEDY)
    if not files:
        problems.add("no file such as en/train or train-en.tsv")
        problems.raise_if_any()
    codes = match_codes({language for _, (language, _) in files}, languages, shown(folder))
    read: dict[str, dict[str, list[TaggedSentences]]] = {key: {} for key in codes}
    for key, code in codes.items():
        for path, (language, split) in files:
            if language != code:
                continue
            if split in read[key]:
                problems.add(f"{quote(code)} has two files of the split {split}; keep one")
            read[key][split] = [wikiann.read_wikiann(path, code, split, problems)]
    problems.raise_if_any()
    return _dataset("ner", shown(folder), read, {})


def _from_hub(hub_id: str, languages: Sequence[str] | None) -> TaggingDataset:
    """The languages asked for, from the hub or its cache."""
    if not HUB_FORM.fullmatch(hub_id):
        raise UserError(
            f"--data {quote(hub_id)}: no such folder, and no hub id (name or org/name). "
            f"{NER_REMEDY}"
        )
    if not languages:
        raise UserError(
            f"{hub_id} has more than 170 languages: name those to use (--languages en,de,sw), or "
            "say --data DIR with a folder of files"
        )
    keys = list(dict.fromkeys(map(canonical, languages)))
    place = NamedPlace(hub_id)
    parts = {key: wikiann.of_hub(hub.fetch(place, base(key)), key, hub_id) for key in keys}
    return _dataset("ner", hub_id, _lists(parts), {"hub": hub_id})


def _lists(
    parts: Mapping[str, Mapping[str, TaggedSentences]],
) -> dict[str, dict[str, list[TaggedSentences]]]:
    return {key: {split: [part] for split, part in found.items()} for key, found in parts.items()}


def _dataset(
    task: Task,
    where: str,
    parts: Mapping[str, Mapping[str, Sequence[TaggedSentences]]],
    source: Mapping[str, str],
) -> TaggingDataset:
    """The dataset, once every sentence id is its own.

    Raises:
        UserError: two sentences of a language and split have one id.
    """
    splits = {
        key: {split: joined(found[split]) for split in SPLITS if split in found}
        for key, found in parts.items()
    }
    for key, found in splits.items():
        for split, part in found.items():
            if again := _twice(part.ids):
                raise UserError(
                    f"{where}: {key} has two {split} sentences with the id {quote(again)}; is a "
                    "file there twice?"
                )
    return TaggingDataset(NAMES[task], task, TAG_NAMES[task], splits, {"from": where, **source})


def _twice(names: Iterable[str]) -> str | None:
    """The first name that stands there again."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None
