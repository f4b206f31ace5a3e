"""Logs of lm-evaluation-harness read as predictions."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.data.harness_files import logs_in
from core.data.harness_logs import read_logs
from core.errors import DataError, UserError
from tests.data import harness


def softmax(values: list[float]) -> list[float]:
    weights = [np.exp(x) for x in values]
    return [x / sum(weights) for x in weights]


@pytest.mark.parametrize("old", [False, True], ids=["0.4.3", "0.4.0"])
def test_both_forms(old: bool, tmp_path: Path) -> None:
    found = read_logs(harness.write(tmp_path, old=old))
    assert (found.languages, found.examples) == (("en", "sw"), ("0", "1", "2"))
    expected = [[softmax(row) for row in harness.LIKELIHOODS[x]] for x in ("en", "sw")]
    np.testing.assert_allclose(found.probabilities, expected, rtol=1e-12)
    assert found.gold is not None
    assert found.gold.argmax(axis=1).tolist() == list(harness.TARGETS)
    assert found.class_names == ("entailment", "neutral", "contradiction")
    assert found.clusters[0] == found.clusters[1] != found.clusters[2]
    assert found.class_mask is None


def test_length_normalised(tmp_path: Path) -> None:
    found = read_logs(harness.write(tmp_path), length_normalised=True)
    first = [x / (6 * (k + 1)) for k, x in enumerate(harness.LIKELIHOODS["en"][0])]
    np.testing.assert_allclose(found.probabilities[0, 0], softmax(first), rtol=1e-12)
    bare = {x: [{**r, "arguments": None} for r in harness.records(x)] for x in ("en", "sw")}
    with pytest.raises(DataError, match="no continuations in arguments"):
        read_logs(harness.write(tmp_path / "bare", bare), length_normalised=True)


def test_a_zip_archive(tmp_path: Path) -> None:
    folder = harness.write(tmp_path)
    with zipfile.ZipFile(tmp_path / "logs.zip", "w") as archive:
        for file in folder.rglob("*.jsonl"):
            archive.write(file, f"a/../b/{file.name}")
        archive.writestr("results_1.json", "{}")
    packed, plain = read_logs(tmp_path / "logs.zip"), read_logs(folder)
    assert np.array_equal(packed.probabilities, plain.probabilities)
    (tmp_path / "bad.zip").write_bytes(b"PK no archive")
    with pytest.raises(UserError, match=r"bad\.zip: no readable zip"):
        read_logs(tmp_path / "bad.zip")


def test_languages_and_tasks_of_the_names(tmp_path: Path) -> None:
    for code in ("swh_Latn", "eng_Latn", "zho_Hant"):
        harness.write(tmp_path, {code: harness.records("en")}, task="belebele")
    harness.write(tmp_path)
    place = tmp_path / "logs"
    (place / f"samples_arc_easy_{harness.DATE}.jsonl").write_text("{}")
    harness.write(tmp_path, {"pro": harness.records("en")}, task="mmlu")
    found = {task: [log.language for log in logs] for task, logs in logs_in(place).items()}
    assert found == {"belebele": ["en", "sw", "zh-Hant"], "xnli": ["en", "sw"]}
    with pytest.raises(UserError, match=r"several tasks, belebele \(3 languages\), xnli"):
        read_logs(place)
    assert read_logs(place, "xnli").languages == ("en", "sw")
    with pytest.raises(UserError, match="no logs of the task xcopa"):
        read_logs(place, "xcopa")


def test_belebele_is_aligned_by_passage_and_question(tmp_path: Path) -> None:
    def line(number: int, question: int, language: str) -> dict[str, Any]:
        doc = {"link": "https://x", "question_number": question}
        row = harness.LIKELIHOODS[language][question]
        return harness.record(number, row, harness.TARGETS[question], doc=doc)

    samples = {
        "eng_Latn": [line(i, i, "en") for i in range(3)],
        "swh_Latn": [line(i, 2 - i, "sw") for i in range(3)],
    }
    found = read_logs(harness.write(tmp_path, samples, task="belebele"))
    assert found.examples == ("https://x/0", "https://x/1", "https://x/2")
    assert len(set(found.clusters)) == 1
    expected = [softmax(row) for row in harness.LIKELIHOODS["sw"]]
    np.testing.assert_allclose(found.probabilities[1], expected, rtol=1e-12)


def test_targets_as_texts_and_lists_and_mutual_information(tmp_path: Path) -> None:
    def lines(language: str) -> list[dict[str, Any]]:
        first, second, third = harness.records(language)
        first["target"] = "choice"
        second["target"] = "choicechoice"
        third["target"] = " choice"
        for x in (first, second, third):
            x["filtered_resps"] = x["filtered_resps"] + [["-0.1", "True"]] * 3
            own = [x["arguments"][f"gen_args_{k}"]["arg_1"] for k in range(3)]
            x["arguments"] |= {
                f"gen_args_{3 + k}": {"arg_0": "", "arg_1": text} for k, text in enumerate(own)
            }
            x["acc_mutual_info"] = 1.0
        return [first, second, third]

    found = read_logs(harness.write(tmp_path, {x: lines(x) for x in ("en", "sw")}, task="xcopa"))
    assert found.probabilities.shape == (2, 3, 3)
    assert found.gold is not None
    assert found.gold.argmax(axis=1).tolist() == list(harness.TARGETS)
    assert found.class_names == ("choice", "choicechoice", "choicechoicechoice")
    several = {x: harness.records(x) for x in ("en", "sw")}
    for language, rows in several.items():
        for row, likelihoods in zip(rows, harness.LIKELIHOODS[language], strict=True):
            row |= {"target": "[0, 2]", "acc": float(np.argmax(likelihoods) != 1)}
    found = read_logs(harness.write(tmp_path / "several", several))
    assert found.gold is not None and found.gold.tolist() == [[True, False, True]] * 3


def test_items_with_fewer_choices(tmp_path: Path) -> None:
    samples = {x: [*harness.records(x), harness.record(3, [-1.0, -2.0], 1)] for x in ("en", "sw")}
    found = read_logs(harness.write(tmp_path, samples))
    assert found.class_mask is not None
    assert found.class_mask[3].tolist() == [True, True, False]
    np.testing.assert_allclose(found.probabilities[0, 3], [*softmax([-1.0, -2.0]), 0])
    assert found.class_names == ("entailment", "neutral", "contradiction")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"doc_id": None}, "line 2: no doc_id"),
        ({"target": None}, "line 2: no target"),
        ({"filtered_resps": ["Paris"]}, "the response Paris is text, not a log-likelihood"),
        ({"filtered_resps": [["x", "False"]] * 3}, "line 2: x is no log-likelihood"),
        ({"filtered_resps": [["nan", "False"]] * 3}, "the log-likelihood is nan"),
        ({"filtered_resps": [["-inf", "False"]] * 3}, "all choices are -inf"),
        ({"filtered_resps": [["-1.0", "False"]]}, "line 2: 1 response"),
        ({"filtered_resps": None, "resps": None}, "line 2: no filtered_resps"),
        ({"doc_id": 0}, "line 2: doc 0 was there already"),
        ({"target": "7"}, "doc 1: the target 7 is no choice"),
        ({"target": "2", "acc": 1.0}, "the target 2 does not fit acc"),
        ({"doc_id": 9}, "sw lacks 1 docs (1)"),
        ({"target": "2", "acc": 0.0}, "choice (2,) is right, but (1,) in en"),
        ({"filtered_resps": [["-1", "F"], ["-0.5", "F"]], "acc": 1.0}, "2 choices, but 3 in en"),
    ],
)
def test_each_fault_is_named(change: dict[str, Any], message: str, tmp_path: Path) -> None:
    lines = harness.records("sw")
    lines[1] |= change
    with pytest.raises(DataError) as error:
        read_logs(harness.write(tmp_path, {"en": harness.records("en"), "sw": lines}))
    assert message in str(error.value)
    assert str(tmp_path) not in str(error.value)


def test_all_faults_at_once(tmp_path: Path) -> None:
    samples = {x: [*harness.records(x), {"doc_id": 7}] for x in ("en", "sw")}
    with pytest.raises(DataError) as error:
        read_logs(harness.write(tmp_path, samples))
    assert len(error.value.problems) == 2
    path = tmp_path / "logs" / "org__model" / f"samples_xnli_sw_{harness.DATE}.jsonl"
    path.write_text("not json\n")
    with pytest.raises(DataError, match=f"{path.name} line 1: no JSON"):
        read_logs(tmp_path / "logs")


def test_files_that_are_no_logs(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no file such as samples_xnli_en"):
        read_logs(tmp_path)
    (tmp_path / "notes.jsonl").write_text("{}")
    with pytest.raises(DataError, match="no name of a file ends in a task and its language"):
        read_logs(tmp_path)
    folder = harness.write(tmp_path / "one", {"en": harness.records("en")})
    with pytest.raises(DataError, match="only one language"):
        read_logs(folder)
    again = folder / f"samples_xnli_sw_{harness.DATE}.jsonl"
    harness.write(tmp_path / "one", {"sw": harness.records("sw")})
    again.write_text("{}")
    with pytest.raises(DataError, match="are both xnli in sw; keep one"):
        read_logs(folder)
