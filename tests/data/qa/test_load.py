"""What a run's settings mean: which questions are for what, and where they come from."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core.config.answering import QaEvaluateConfig, QaFinetuneConfig, QaTrainConfig
from core.config.paths import as_recorded
from core.data.fact_world import LANGUAGES, FactWorld, qa
from core.data.ledger import ItemLedger
from core.data.overlap import hashed
from core.data.qa.ledger import ledger_of
from core.data.qa.load import WORLD_QUESTIONS, evaluation_of, load_qa, read_uses
from core.data.qa.splits import OTHER_LANGUAGES, SEEN
from core.data.qa.uses import QaUses
from core.errors import DataError, UserError
from tests.conftest import SHARED
from tests.data.qa import files


def train(**settings: Any) -> QaUses:
    return read_uses(QaTrainConfig(**settings))


def test_the_fact_world_has_a_split_for_every_use() -> None:
    world = FactWorld.build()
    uses = train(evaluation_questions=len(qa(world, "test")))
    assert uses.stage1 is not None
    assert uses.stage1.languages == ("en",)
    assert uses.stage1.ids == qa(world, "labelled").ids
    for data, split in ((uses.stage2, "unlabelled"), (uses.evaluation, "test")):
        assert set(data.languages) == set(LANGUAGES)
        assert data.fingerprint == qa(world, split).in_languages(data.languages).fingerprint
    assert (uses.badges, uses.notes) == ((), ())
    fewer = train().evaluation
    assert abs(len(fewer) - WORLD_QUESTIONS) <= 5
    assert set(fewer.ids) < set(uses.evaluation.ids)
    some = train(
        source="sw,en",
        languages="tr,en,sw",
        evaluation_languages="fa,en",
        stage1_questions=50,
        stage2_questions=40,
        evaluation_questions=60,
        seed=3,
    )
    assert some.stage1 is not None
    assert [len(some.stage1), len(some.stage2)] == [50, 40]
    assert 50 < len(some.evaluation) < 70
    assert some.stage1.languages == ("sw", "en")
    assert some.stage2.languages == ("tr", "en", "sw")
    assert some.evaluation.languages == ("fa", "en")
    assert set(some.evaluation.clusters).isdisjoint({*some.stage1.clusters, *some.stage2.clusters})
    with pytest.raises(UserError, match="fact-world has no th; it has ar"):
        train(languages="th")


def test_held_out_articles_are_the_same_for_training_and_evaluating(tmp_path: Path) -> None:
    given = {"dataset": "xquad", "data": str(files.xquad(tmp_path)), "languages": "en,tr"}
    uses = train(**given, evaluation_questions=12, seed=4)
    assert uses.stage1 is None
    assert (len(uses.stage2), len(uses.evaluation)) == (36, 12)
    assert uses.stage2.languages == uses.evaluation.languages == ("en", "tr")
    assert len(train(**given).evaluation) == 12, "a quarter of eight articles"
    alone = read_uses(QaEvaluateConfig(**given, evaluation_questions=12, seed=4))
    assert alone.evaluation.fingerprint == uses.evaluation.fingerprint
    assert not len(alone.stage2)
    assert len(read_uses(QaEvaluateConfig(**given)).evaluation) == 48
    wider = train(**given, evaluation_questions=12, evaluation_languages="es", seed=4)
    assert (wider.evaluation.ids, wider.evaluation.languages) == (uses.evaluation.ids, ("es",))
    assert wider.stage2.languages == ("en", "tr")


def test_splits_of_a_benchmark(tmp_path: Path) -> None:
    data = str(files.mlqa(tmp_path))
    uses = train(dataset="mlqa", data=data)
    assert (uses.stage2.source["split"], uses.evaluation.source["split"]) == ("dev", "test")
    uses = train(dataset="mlqa-dev", data=data)
    assert (uses.stage2.source["split"], uses.evaluation.source["split"]) == ("dev", "dev")
    assert set(uses.stage2.clusters).isdisjoint(uses.evaluation.clusters)
    some = read_uses(QaEvaluateConfig(dataset="mlqa-test", data=data, languages="de"))
    assert len(some.evaluation) == 30
    assert None not in some.evaluation.sides["de"].contexts


def test_another_dataset_to_evaluate_on(tmp_path: Path) -> None:
    files.xquad(tmp_path / "x")
    files.mlqa(tmp_path / "m")
    xquad = {"dataset": "xquad", "data": str(tmp_path / "x")}
    mlqa = {"evaluation": "mlqa", "evaluation_data": str(tmp_path / "m")}
    uses = train(**xquad, **mlqa)
    assert (uses.stage2.name, len(uses.stage2)) == ("xquad", 48)
    assert (uses.evaluation.name, uses.evaluation.languages) == ("mlqa", ("en",))
    assert train(**xquad, **mlqa, evaluation_languages="hi,de").evaluation.languages == ("hi", "de")
    with pytest.raises(UserError, match=r"mlqa has none of .*, es, tr; it has en, de"):
        train(**xquad, **mlqa, languages="es,tr")
    # A run that only evaluates does not need the other dataset at all.
    only = read_uses(QaEvaluateConfig(dataset="xquad", data="nowhere", **mlqa, languages="hi"))
    assert only.evaluation.languages == ("hi",)
    with pytest.raises(DataError, match="no such folder"):
        train(**xquad, evaluation="mlqa", evaluation_data="nowhere")
    with pytest.raises(UserError, match=r"LANG.json, or say --evaluation-languages with"):
        train(**xquad, evaluation=str(files.write(tmp_path / "v1.json", files.articles("tr", 2))))


def test_the_same_items_in_other_languages(tmp_path: Path) -> None:
    folder = str(files.xquad(tmp_path))
    given = {"dataset": "xquad", "data": folder, "evaluation": "xquad", "evaluation_data": folder}
    with pytest.raises(UserError, match="48 of the 48 questions of stage 2"):
        train(**given, languages="en,es", evaluation_languages="tr")
    uses = train(**given, languages="en,es", evaluation_languages="tr", allow_overlap=True)
    assert uses.badges == (OTHER_LANGUAGES,)
    assert (len(uses.stage2), len(uses.evaluation)) == (48, 48)


def test_stage_1_has_its_own_data(tmp_path: Path) -> None:
    xquad = {"dataset": "xquad", "data": str(files.xquad(tmp_path / "x"))}
    squad = {"stage1_dataset": "squad", "stage1_data": str(files.squad(tmp_path / "s"))}
    uses = train(**xquad, **squad, stage1_questions=10, seed=1)
    assert uses.stage1 is not None
    assert (uses.stage1.name, uses.stage1.source["split"], len(uses.stage1)) == (
        "squad",
        "train",
        10,
    )
    other = read_uses(QaFinetuneConfig(**xquad, **squad, stage1_questions=10, seed=2))
    assert other.stage1 is not None
    assert other.stage1.ids != uses.stage1.ids
    with pytest.raises(UserError, match="has no tr; it has en"):
        train(**xquad, **squad, source="tr")
    path = files.write(tmp_path / "v1.json", files.articles("de", 2, prefix="own"))
    own = train(**xquad, stage1_dataset=str(path), source="de").stage1
    assert own is not None
    assert (own.name, own.languages) == ("v1", ("de",))
    with pytest.raises(UserError, match="say --source with"):
        train(**xquad, stage1_dataset=str(path), source="de,en")


def test_contexts_of_xquad_are_those_of_squads_dev(tmp_path: Path) -> None:
    """A copy under other ids is found by its contexts."""
    folder = files.xquad(tmp_path / "x")
    copy = files.write(tmp_path / "copy.en.json", files.articles("en", 8, prefix="other"))
    given = {"dataset": "xquad", "data": str(folder), "stage1_dataset": str(copy)}
    with pytest.raises(UserError, match="36 of the 48 questions of stage 1 are in stage 2; 12 of"):
        train(**given)
    assert SEEN in train(**given, allow_overlap=True).badges


def test_unknown_data() -> None:
    with pytest.raises(UserError, match="unknown dataset 'nope': choose fact-world, squad, xquad"):
        load_qa("nope")


def test_texts_for_pages(tmp_path: Path) -> None:
    data = files.xquad(tmp_path / "x")
    config = QaTrainConfig(
        dataset="xquad", data=str(data), languages="en,tr", evaluation_questions=12, seed=4
    )
    recorded = config.model_dump(mode="json")
    assert evaluation_of(recorded).fingerprint == read_uses(config).evaluation.fingerprint
    only = QaEvaluateConfig(dataset="xquad", data=str(data))
    assert len(evaluation_of(only.model_dump(mode="json"))) == 48
    data.rename(tmp_path / "moved")
    with pytest.raises(UserError, match="no such folder"):
        evaluation_of(recorded)
    with pytest.raises(UserError, match="the run's settings name no questions"):
        evaluation_of({"evaluation_questions": "many"})


def test_nothing_heavy_is_loaded_for_them() -> None:
    code = (
        "import sys; from core.data.qa.load import evaluation_of; evaluation_of({'source': 'en'});"
        "print(sorted({'torch', 'transformers', 'datasets'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_ledger_holds_hashed_ids() -> None:
    uses = train(evaluation_questions=30, languages="en,sw")
    ledger = ledger_of(uses)
    assert list(ledger.uses) == ["stage1", "stage2", "evaluation"]
    kept = ledger.uses["evaluation"]
    assert (kept.dataset, kept.count, kept.languages) == (
        "fact-world",
        len(uses.evaluation),
        ("en", "sw"),
    )
    assert kept.items == hashed("fact-world", uses.evaluation.ids)
    assert ItemLedger.from_json(ledger.to_json()) == ledger
    assert list(ledger_of(uses, ("evaluation",)).uses) == ["evaluation"]
    alone = read_uses(QaEvaluateConfig())
    assert list(ledger_of(alone).uses) == ["evaluation"]


def test_the_ledger_counts_the_answers_that_were_left_out(tmp_path: Path) -> None:
    content = files.articles("en", 40)
    content[0]["paragraphs"][0]["qas"][0]["answers"][0]["answer_start"] += 1
    own = files.write(tmp_path / "own.en.json", content)
    ledger = ledger_of(read_uses(QaFinetuneConfig(stage1_dataset=str(own))))
    stage1 = ledger.uses["stage1"]
    assert (stage1.count, stage1.answers_left_out) == (239, 1)
    recorded = ledger.to_json()
    assert recorded["stage1"]["answers_left_out"] == 1
    assert "answers_left_out" not in recorded["evaluation"]
    assert ItemLedger.from_json(recorded) == ledger


def test_paths_are_recorded_as_relative(tmp_path: Path) -> None:
    given = {"stage1_data": "/a/b", "stage1_dataset": "/a", "evaluation": "/c", "seed": 1}
    recorded = as_recorded({**given, "evaluation_data": str(tmp_path)})
    assert not [value for value in recorded.values() if str(value).startswith("/")]
    assert as_recorded({"evaluation": "mlqa"}) == {"evaluation": "mlqa"}


def test_the_public_files_together() -> None:
    shared = SHARED / "data"
    if not (shared / "tquad").is_dir() or not (shared / "xquad").is_dir():
        pytest.skip("no xquad and tquad beside the checkout")
    uses = train(
        dataset="xquad",
        data=str(shared / "xquad"),
        languages="en,es,tr,zh",
        evaluation_questions=300,
        stage1_dataset="tquad",
        stage1_data=str(shared / "tquad"),
        stage1_questions=2000,
        source="tr",
    )
    assert uses.stage1 is not None
    assert (len(uses.stage1), len(uses.stage2), len(uses.evaluation)) == (2000, 890, 300)
    # TQuAD's training file repeats 73 contexts of its other file.
    own = train(dataset="tquad", data=str(shared / "tquad"))
    assert (len(own.stage2), len(own.evaluation)) == (8044, 892)
    assert own.notes[0].startswith("264 questions of stage 2 were left out")
    arcd = train(dataset="arcd", data=str(shared / "tquad"))
    assert len([note for note in arcd.notes if "not at their answer_start" in note]) == 2
