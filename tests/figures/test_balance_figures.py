"""The figures of balanced training and of linear probes: what their marks say."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from core.errors import UserError
from core.figures.balance_history import balance_history
from core.figures.balance_mrr import balance_plane, mrr_by_language
from core.figures.balance_names import title_of
from core.figures.data_size import data_size
from core.figures.data_table import table
from core.figures.export import render, to_svg
from core.figures.probe_scores import probe_scores
from core.figures.probe_transfer import probe_transfer
from core.figures.registry import builder
from core.metrics.balance_scores import BalanceScores, balance_intervals
from core.metrics.probe_record import ProbeRecord
from tests.dashboard import balanced_runs
from tests.figures.test_figures import Run, balance_run, found_in
from tests.figures.test_layout import TWELVE, faults


def scores(languages: tuple[str, ...] = balanced_runs.LANGUAGES) -> BalanceScores:
    found = BalanceScores.from_json(balanced_runs.metrics_of(balanced_runs.ranks_of(languages)))
    assert found is not None
    return found


def probes(languages: tuple[str, ...] = balanced_runs.LANGUAGES) -> ProbeRecord:
    found = ProbeRecord.from_json(balanced_runs.probe_metrics(languages))
    assert found is not None
    return found


def test_every_language_and_mean_has_a_dot_of_every_model() -> None:
    found = scores()
    intervals = balance_intervals(balanced_runs.ranks_of(), resamples=200)
    rows = table(mrr_by_language(found, intervals)).set_index(["row", "model"])
    assert list(dict.fromkeys(row for row, _ in rows.index)) == [
        *("en", "de", "fr", "MEAN high-resource", "hu", "eu", "MEAN low-resource", "MEAN"),
    ]
    assert rows.loc[("hu", "HL"), "value"] == pytest.approx(found.mrr["hl"]["hu"])
    assert rows.loc[("MEAN low-resource", "Teachers"), "value"] == pytest.approx(
        found.mean("teachers", "low")
    )
    assert (rows["low"] < rows["value"]).all() and (rows["value"] < rows["high"]).all()
    bare = table(mrr_by_language(found, models=("hl",)))
    assert set(bare["model"]) == {"HL"} and bare["low"].isna().all()


def test_models_look_the_same_in_every_figure() -> None:
    found = scores()
    looks = []
    for chart in (
        mrr_by_language(found),
        balance_plane(found),
        balance_plane(found, models=("hl",)),
    ):
        scales = found_in(chart.to_dict(), "color")
        scale = next(x["scale"] for x in scales if "scale" in x)
        looks.append(dict(zip(scale["domain"], scale["range"], strict=True)))
    assert looks[0] == looks[1] and looks[2]["HL"] == looks[0]["HL"]
    assert len(set(looks[0].values())) == 4
    shapes = next(x["scale"]["range"] for x in found_in(mrr_by_language(found).to_dict(), "shape"))
    assert len(set(shapes)) == 4


def test_hl_with_another_budget_looks_like_no_other_model() -> None:
    ranks = balanced_runs.ranks_of(models=(*balanced_runs.MODELS, "hl-epochs"))
    found = BalanceScores.from_json(balanced_runs.metrics_of(ranks))
    assert found is not None
    looks = []
    for chart in (
        mrr_by_language(found),
        balance_plane(found),
        balance_history(balanced_runs.history_of(ranks)),
    ):
        drawn = chart.to_dict()
        scale = next(x["scale"] for x in found_in(drawn, "color") if "scale" in x)
        colours = dict(zip(scale["domain"], scale["range"], strict=True))
        scale = next(x["scale"] for x in found_in(drawn, "strokeDash") if "scale" in x)
        dashes = dict(zip(scale["domain"], scale["range"], strict=True))
        assert len(set(colours.values())) == 5
        assert [x for x, dash in dashes.items() if dash[1]] == ["HL (same epochs)"]
        looks.append(colours)
    assert looks[0] == looks[1] == looks[2]


def test_titles_of_models() -> None:
    assert title_of("hl-epochs") == "HL (same epochs)" and title_of("balanced") == "HL balanced"
    assert title_of("teachers") == "Teachers" and title_of("mini-mplm") == "mini-mplm"


def test_the_plane_has_low_across_and_high_up() -> None:
    found = scores()
    rows = table(balance_plane(found)).set_index("model")
    assert rows.loc["Distilled", "low"] == pytest.approx(found.mean("distilled", "low"))
    assert rows.loc["Distilled", "high"] == pytest.approx(found.mean("distilled", "high"))
    alone = BalanceScores(found.mrr, {"high": found.languages, "all": found.languages}, {}, {})
    with pytest.raises(UserError, match="no low- and high-resource"):
        balance_plane(alone)
    rows = table(mrr_by_language(alone))
    assert "MEAN" in set(rows["row"]) and "MEAN high-resource" not in set(rows["row"])


def test_the_balanced_part_lies_in_the_whole() -> None:
    rows = table(data_size({"en": 2_000_000, "eu": 500_000}, {"en": 500_000, "eu": 500_000}))
    cells = rows.set_index(["language", "data"])["size"]
    assert cells["en", "all data"] == 2 and cells["eu", "balanced data"] == 0.5
    with pytest.raises(UserError, match="does not tell how much text"):
        data_size({}, {})


def test_teachers_stand_back_in_the_curves() -> None:
    rows = table(balance_history(balanced_runs.history_of(balanced_runs.ranks_of())))
    assert set(rows["model"]) == {"Teachers", "HL", "HL balanced", "Distilled"}
    assert len(set(rows[rows["model"] == "Teachers"]["name"])) == 5
    assert set(rows["quantity"]) == {"dev_mrr", "loss"}
    with pytest.raises(UserError, match="no history"):
        balance_history([{"model": "hl", "step": 1, "loss": None}, {"step": 2, "loss": 1.0}])


def test_probes_by_language_with_their_deviation() -> None:
    found = probes()
    rows = table(probe_scores(found)).set_index(["measure", "row", "model"])
    cell = found.by_language["in_lang"]["hl"]["de"]
    shown = rows.loc[("IN-LANG", "de*", "HL")]
    assert shown["value"] == pytest.approx(cell.mean)
    assert shown["high"] - shown["value"] == pytest.approx(cell.sd)
    assert ("IN-LANG", "de*", "Teachers") in rows.index
    assert ("ZERO-SHOT", "de*", "Teachers") not in rows.index
    own = found.by_language["in_lang"]["teachers"]
    mean = sum(own[x].mean for x in found.groups["low"]) / len(found.groups["low"])
    assert rows.loc[("IN-LANG", "MEAN low-resource", "Teachers"), "value"] == pytest.approx(mean)
    assert ("ZERO-SHOT", "MEAN", "Teachers") not in rows.index
    mean = found.by_group["zero_shot"]["distilled"]["low"].mean
    assert rows.loc[("ZERO-SHOT", "MEAN low-resource", "Distilled"), "value"] == pytest.approx(mean)
    with pytest.raises(UserError, match="nothing to draw"):
        probe_scores(found, models=("none",))


def test_a_single_group_has_no_mean_of_its_own() -> None:
    found = probes()
    some = replace(found, groups={"high": ("en",), "all": found.languages})
    rows = list(dict.fromkeys(table(probe_scores(some))["row"]))
    assert set(rows) == {"en", "de*", "fr", "hu", "eu", "MEAN"}


def test_every_pair_has_its_number_and_the_mean_leaves_the_diagonal_out() -> None:
    found = probes()
    chart = probe_transfer(found, "hl", paper=True, width=454)
    rows = table(chart).set_index(["source", "target"])
    pairs = found.pairs["hl"]["de"]
    assert rows.loc[("de*", "fr"), "score"] == pytest.approx(pairs["fr"].mean)
    others = [cell.mean for target, cell in pairs.items() if target != "de"]
    assert rows.loc[("de*", "others"), "score"] == pytest.approx(sum(others) / 4)
    svg = to_svg(chart)
    assert all(
        f">{cell.mean:.1f}<" in svg for row in found.pairs["hl"].values() for cell in row.values()
    )
    assert rows["own"].sum() == 5
    with pytest.raises(UserError, match="no model none; there are hl, balanced, distilled"):
        probe_transfer(found, "none")
    with pytest.raises(UserError, match="70 languages don't fit"):
        probe_transfer(probes(tuple(f"x{i}" for i in range(70))), "hl", paper=True, width=218)


@pytest.mark.parametrize("width", [218, 454])
def test_tidy_pages(width: int) -> None:
    found = probes(TWELVE)
    for model in found.models:
        assert faults(partial(probe_transfer, found, model, badges=["x"]), width) == []
    assert faults(partial(probe_scores, found, measures=("zero_shot",)), width) == []
    assert faults(partial(mrr_by_language, scores(TWELVE), models=("hl",)), width) == []


def test_the_registry_draws_the_student_else_the_first() -> None:
    run = balance_run("probe-transfer", balanced_runs.LANGUAGES)
    assert "Distilled" in render(builder("probe-transfer", run), "svg", 300).decode()
    run.record.metrics = balanced_runs.probe_metrics(models=("balanced", "hl"))
    assert "HL balanced" in render(builder("probe-transfer", run), "svg", 300).decode()
    run.record.metrics = balanced_runs.probe_metrics(models=())
    with pytest.raises(UserError, match="probed teachers only"):
        builder("probe-transfer", run)(paper=True, width=300)


@pytest.mark.parametrize("name", ["mrr", "balance", "data-size", "probe-scores", "balance-history"])
def test_other_runs_are_one_clear_message(name: str) -> None:
    with pytest.raises(UserError, match="this figure can't be drawn"):
        builder(name, Run())(paper=True, width=300)
