"""Every figure: its data, titles and marks, and its page on paper."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import pytest

from core.data.predictions import Predictions
from core.data.probing import LanguageProbes, ProbingDataset
from core.data.probing_answers import ProbingAnswers
from core.data.probing_scores import to_predictions
from core.data.qa.dataset import Answer, LanguageQa, QaDataset
from core.data.qa.scores import QaScores
from core.data.qa.shown import ShownAnswers
from core.data.reciprocal_ranks import ReciprocalRanks
from core.errors import UserError
from core.figures import theme
from core.figures.agreement import agreement
from core.figures.confidence import confidence
from core.figures.export import export, render, svg_width, to_svg
from core.figures.gap_change import gap_change
from core.figures.history import COLOURS, history, panel_titles, spread
from core.figures.registry import FIGURES, builder
from core.figures.run_view import shown_items
from core.figures.style import WIDTHS, parse_width
from core.figures.transfer_gap import transfer_gap_map
from core.metrics.gap_change import decompose
from core.metrics.probing import score
from core.metrics.transfer_gap import summarize
from core.selection.strategies import choose
from core.selection.teachers import Selection, select_teachers
from core.selection.truth import check_truth
from core.selection.typology import typology
from tests.dashboard import balanced_runs, probed_runs, qa_runs

LANGUAGES = ("en", "fr", "tr", "sw", "zh")
REGIONS = ("eastern-africa", "polynesia", "central-america")
OF_BALANCE = ("mrr", "balance", "data-size", "balance-history")
OF_PROBES = ("probe-scores", "probe-transfer")
ON_QUESTIONS = ("answer-ranks", "g-xlt", "g-xlt-change", "kl-weight", "answer-curves")
ON_PROMPTS = ("probing", "probing-bars", "regional-teachers", "answers", "truth")


@dataclass
class Record:
    id: str = "20250101T000000-distill-abcdef"
    metrics: dict[str, Any] = field(default_factory=dict)
    selection: dict[str, Any] | None = None
    badges: Sequence[str] = ("transductive",)
    config: dict[str, Any] = field(default_factory=dict)


@dataclass
class Run:
    record: Record = field(default_factory=Record)
    predicted: dict[str, Predictions] = field(default_factory=dict)
    steps: list[dict[str, Any]] = field(default_factory=list)
    scored: dict[str, ProbingAnswers] = field(default_factory=dict)
    ranks: ReciprocalRanks | None = None
    questions: dict[str, QaScores] = field(default_factory=dict)
    looked_at: dict[str, ShownAnswers] = field(default_factory=dict)

    def predictions(self, when: str) -> Predictions | None:
        return self.predicted.get(when)

    def answers(self, when: str) -> ProbingAnswers | None:
        return self.scored.get(when)

    def reciprocal_ranks(self) -> ReciprocalRanks | None:
        return self.ranks

    def scores(self, when: str) -> QaScores | None:
        return self.questions.get(when)

    def shown(self, when: str) -> ShownAnswers | None:
        return self.looked_at.get(when)

    def unlabelled(self) -> Predictions | None:
        return None

    def history(self) -> list[dict[str, Any]]:
        return self.steps


def run_for(name: str, languages: Sequence[str] = LANGUAGES) -> Run:
    """A made-up run that has what the figure draws."""
    if name in ON_PROMPTS:
        return probed_run(languages)
    if name in OF_BALANCE or name in OF_PROBES:
        return balance_run(name, languages)
    if name in ON_QUESTIONS:
        return answered_run(languages)
    run = some_run(languages)
    if name == "lessons":
        run.record.config["strategy"] = "student-student"
        found = choose(run.predicted["before"], "student-student")
        run.record.selection = found.to_json()
    return run


def balance_run(name: str, languages: Sequence[str] = LANGUAGES) -> Run:
    """A comparison of balanced training, or linear probes on its models."""
    run = Run()
    if name in OF_PROBES:
        run.record.metrics = balanced_runs.probe_metrics(languages)
        return run
    run.ranks = balanced_runs.ranks_of(languages)
    run.record.metrics = balanced_runs.metrics_of(run.ranks)
    run.steps = balanced_runs.history_of(run.ranks)
    return run


def probed_run(languages: Sequence[str] = LANGUAGES, regions: Sequence[str] = REGIONS) -> Run:
    """A distillation on prompts; its record holds answers to a question, too."""
    run = Run()
    data = probing_data(languages, regions)
    for seed, when in enumerate(("before", "after")):
        found = probed_runs.scores(data, [1.5] * len(languages), seed)
        run.predicted[when] = to_predictions(data, found)
        run.scored[when] = ProbingAnswers.of(data, found)
        run.record.metrics[when] = score(data, found).to_json()
    run.record.metrics["evaluation"] = "held-out questions"
    known = {region: languages[: 1 + i % 2] for i, region in enumerate(regions)}
    found = check_truth(run.predicted["before"], data.regions, known, seeds=2)
    run.record.metrics["truth"] = found.to_json()
    shares = {"scores": [1.0, 2.0], "probabilities": [0.73, 0.27], "prompt": "a <mask>"}
    run.record.metrics["answers"] = {
        language: {**shares, "candidates": ["Nairobi", "चाय" if language == "sw" else "tea"]}
        for language in languages[:12]
    }
    return run


def probing_data(languages: Sequence[str], regions: Sequence[str]) -> ProbingDataset:
    """Eight questions a region, with four candidates each."""
    places = [(region, i) for region in regions for i in range(8)]
    probes = LanguageProbes(
        prompts=tuple(f"{region} {i} <mask>" for region, i in places),
        candidates=(("a", "b", "c", "d"),) * len(places),
        classes=((0, 1, 2, 3),) * len(places),
        gold=tuple((i % 4,) for _, i in places),
    )
    return ProbingDataset(
        name="made-up",
        example_ids=tuple(f"{region}/{i}" for region, i in places),
        groups=tuple(f"{region}/{i // 2}" for region, i in places),
        regions=tuple(region for region, _ in places),
        gold=probes.gold,
        probes=dict.fromkeys(languages, probes),
    )


def answered_run(languages: Sequence[str] = LANGUAGES) -> Run:
    """A training on questions."""
    run = Run()
    data = qa_data(languages)
    for when, skill in (("before", qa_runs.BEFORE), ("after", qa_runs.AFTER)):
        run.questions[when] = qa_runs.scores(languages, skill, items=12)
        run.looked_at[when] = qa_runs.shown(data, data.ids, skill)
    run.steps = qa_runs.history()
    run.record.config = {"objective": "skd-map", "coefficient": "map", "window": 5}
    return run


def qa_data(languages: Sequence[str]) -> QaDataset:
    """Two questions, the same in every language."""
    context = "The capital of Kenya is Nairobi, and that of Uganda is Kampala."
    found = [Answer(text, context.index(text)) for text in ("Nairobi", "Kampala")]
    side = LanguageQa(
        questions=("Which is the capital of Kenya?", "Which is the capital of Uganda?"),
        contexts=(context, context),
        answers=tuple((answer,) for answer in found),
    )
    return QaDataset("made-up", ("q0", "q1"), ("a", "a"), dict.fromkeys(languages, side))


def some_run(languages: Sequence[str] = LANGUAGES) -> Run:
    generator = np.random.default_rng(0)
    labels = generator.integers(3, size=60)
    gold = np.eye(3, dtype=bool)[labels]
    run = Run()
    for when, strength in (("before", 0.2), ("after", 0.5)):
        p = generator.dirichlet(np.ones(3), size=(len(languages), 60))
        p = (1 - strength) * p + strength * gold
        names = tuple(map(str, range(60)))
        run.predicted[when] = Predictions(tuple(languages), names, p, gold=gold)
        run.record.metrics[when] = summarize(run.predicted[when]).to_json()
    run.record.selection = select_teachers(run.predicted["before"]).to_json()
    run.steps = [
        {
            "step": step, "loss": 1 / (1 + step), "agreement": 0.6, "kappa": float("nan"),
            "kept": step == 10, "agreement_by_language": dict.fromkeys(languages, 0.5 + step / 99),
            "accuracy": {x: 40.0 + step + i for i, x in enumerate(languages)},
        }
        for step in (0, 10, 20)
    ]  # fmt: skip
    return run


def found_in(node: Any, key: str) -> list[Any]:
    """Every value of a key, anywhere in a specification."""
    if isinstance(node, dict):
        own = [node[key]] if key in node else []
        return own + [x for part in node.values() for x in found_in(part, key)]
    if isinstance(node, list):
        return [x for part in node for x in found_in(part, key)]
    return []


def marks(spec: dict[str, Any]) -> list[str]:
    return [mark["type"] if isinstance(mark, dict) else mark for mark in found_in(spec, "mark")]


@pytest.mark.parametrize("paper", [False, True])
@pytest.mark.parametrize("name", FIGURES)
def test_title_badges_axes_and_data(name: str, paper: bool) -> None:
    spec = builder(name, run_for(name))(paper=paper, width=None).to_dict()
    assert "".join(spec["title"]["text"])
    assert "transductive" in " ".join(spec["title"]["subtitle"])
    assert any(len(rows) > 2 for rows in spec["datasets"].values())
    titles = {
        str(channel.get("title"))
        for encoding in found_in(spec, "encoding")
        for channel in encoding.values()
        if isinstance(channel, dict)
    }
    unit = {
        "confidence": "Confidence s (mean probability of the vote)",
        "agreement": "Language",
        "stability": "Resamples in which the language teaches (%)",
        "stability-size": "Examples drawn",
        "teacher-threshold": "Threshold θ on the normalised confidence ŝ",
        "reliability": "Probability of the answer (%)",
        "disagreement": "Languages that answer as the vote",
        "data-map": "Languages that answer as the vote",
        "distance-agreement": "Typological distance (0 to 1)",
        "history": "Step",
        "before-after": "Accuracy (%)",
        "transfer-gap": "Run",
        "gap-change": "Change, after minus before (points)",
        "probing": "Language",
        "probing-bars": "Language",
        "regional-teachers": "Language",
        "answers": "Probability among the candidates (%)",
        "ensembles": "Accuracy (%)",
        "languages-right": "Languages that answer an item right",
        "lessons": "Teacher",
        "truth": "Share of the regions (%)",
        "mrr": "MRR (%)",
        "balance": "MRR in low-resource languages (%)",
        "data-size": "Text to train on (million characters)",
        "balance-history": "Step",
        "probe-scores": "ZERO-SHOT: Accuracy (%)",
        "probe-transfer": "Fitted in",
        "answer-ranks": "Share of the questions (%)",
        "g-xlt": "Language of the context",
        "g-xlt-change": "Language of the context",
        "kl-weight": "Step",
        "answer-curves": "Token of the context",
        "language-changes": "Change of accuracy (points)",
        "score-ranges": "Accuracy (%)",
    }
    assert unit[name] in titles
    assert spec["config"]["font"].startswith("Liberation Sans") == paper
    assert spec["config"]["background"] == ("white" if paper else "transparent")


def test_layers_are_those_of_altair() -> None:
    base = alt.Chart().encode(x="x:Q")
    parts = (base.mark_bar(), base.mark_text().encode(text="x:N") + base.mark_rule())
    data = theme.inline([{"x": 1}, {"x": 2}])
    title = alt.TitleParams("Layers")
    made = theme.layered(*parts, data=data, title=title)
    assert made.to_dict() == alt.layer(*parts, data=data, title=title).to_dict()
    assert made.properties(height=3).to_dict()["height"] == 3
    assert made.copy().to_dict() == made.to_dict()


def test_heatmaps_print_their_numbers() -> None:
    for name in ("agreement", "transfer-gap"):
        spec = builder(name, run_for(name))(paper=True, width=218).to_dict()
        assert {"rect", "text"} <= set(marks(spec))
    svg = to_svg(builder("agreement", some_run())(paper=True, width=218))
    assert svg.count(">–<") == len(LANGUAGES)  # the diagonal says nothing
    gaps = some_run().record.metrics["before"]
    svg = to_svg(builder("transfer-gap", some_run())(paper=True, width=218))
    assert f">{gaps['transfer_gap']:.1f}<".replace("-", "−") in svg
    assert f">{gaps['average']:.1f}<" in svg


def test_teachers_and_students_differ_by_more_than_colour() -> None:
    spec = builder("confidence", some_run())(paper=True, width=218).to_dict()
    bar = next(x["encoding"] for x in spec["layer"] if x["mark"].get("type") == "bar")
    assert bar["fill"]["scale"]["range"][1].endswith("26")  # students are nearly hollow
    assert "θ = 0.2" in to_svg(builder("confidence", some_run())(paper=True, width=218))


def test_a_threshold_outside_the_axis_is_said() -> None:
    run = some_run()
    run.record.selection = select_teachers(run.predicted["before"], threshold=0.9).to_json()
    svg = to_svg(builder("confidence", run)(paper=True, width=454))
    assert "0 of 5 teach" in svg
    assert "outside the axis" in svg


@pytest.mark.parametrize("width", ["acl-column", "acl-page", "neurips", "300pt"])
@pytest.mark.parametrize("name", FIGURES)
def test_the_page_is_as_wide_as_asked(name: str, width: str) -> None:
    svg = render(builder(name, run_for(name)), "svg", parse_width(width)).decode()
    assert abs(svg_width(svg) - parse_width(width)) <= 1


@pytest.mark.parametrize("name", FIGURES)
def test_pdf_page_and_fonts(name: str) -> None:
    pdf = render(builder(name, run_for(name)), "pdf", 218)
    box = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", pdf)
    assert box is not None
    assert abs(float(box[1]) - 218) <= 1
    fonts = set(re.findall(rb"/BaseFont\s*/(\S+)", pdf))
    assert fonts
    assert all(re.match(rb"[A-Z]{6}\+", font) for font in fonts)  # a subset: embedded
    assert pdf.count(b"/FontFile") >= len(fonts)


@pytest.mark.parametrize("name", FIGURES)
def test_png_csv_and_tex(name: str, tmp_path: Path) -> None:
    draw = builder(name, run_for(name))
    png = export(draw, tmp_path / "deep" / "figure.png", "png", "icml-column").read_bytes()
    assert abs(int.from_bytes(png[16:20], "big") - 234 * 300 / 72) <= 300 / 72
    rows = list(csv.DictReader(io.StringIO(render(draw, "csv", 218).decode())))
    assert len(rows) >= (2 if name == "score-ranges" else 3)  # one a moment
    tex = render(draw, "tex", 218).decode()
    assert "\n\\begin{tabular}" in f"\n{tex}"
    assert "\\toprule" in tex
    assert not list(tmp_path.rglob("*.tmp"))


def test_many_languages_still_fit() -> None:
    made_up = tuple(["en", *(f"x{i}" for i in range(39))])
    for name in FIGURES:
        languages = tuple(typology().languages)[:40] if name == "distance-agreement" else made_up
        run = run_for(name, languages[:24] if name in (*ON_PROMPTS, *ON_QUESTIONS) else languages)
        assert abs(svg_width(render(builder(name, run), "svg", 218).decode()) - 218) <= 1


def test_without_english_the_gap_says_so() -> None:
    run = some_run(("fr", "sw"))
    for name in ("transfer-gap", "gap-change"):
        with pytest.raises(UserError, match=r"no transfer gap: .* English \(en\) .* fr, sw"):
            builder(name, run)(paper=True, width=218)
    assert "AVERAGE" in to_svg(builder("before-after", run)(paper=True, width=218))


def test_another_source_stands_where_english_would() -> None:
    run = some_run(("fr", "sw", "zh"))
    for when, found in run.predicted.items():
        run.record.metrics[when] = summarize(found, "zh").to_json()
    gap = to_svg(builder("transfer-gap", run)(paper=True, width=218))
    assert "accuracy(zh) minus" in gap
    assert "zh accuracy" in gap
    change = to_svg(builder("gap-change", run)(paper=True, width=454))
    assert "gap change = Chinese minus others" in change
    assert "English" not in change
    assert "AVERAGE non-zh" in to_svg(builder("before-after", run)(paper=True, width=218))


def test_runs_with_different_sources_side_by_side() -> None:
    scores = {"one": {"en": 80.0, "fr": 70.0, "zh": 65.0}, "two": {"zh": 75.0, "fr": 70.0}}
    chart = transfer_gap_map(scores, pivot={"one": "en", "two": "zh"})
    rows = {
        (row["run"], row["language"]): row["value"]
        for part in chart.to_dict()["datasets"].values()
        for row in part
    }
    assert rows["one", "zh"] == 15.0
    assert rows["two", "fr"] == 5.0
    assert ("two", "zh") not in rows
    assert (rows["one", "source accuracy"], rows["two", "source accuracy"]) == (80.0, 75.0)
    said = " ".join(part for text in found_in(chart.to_dict(), "subtitle") for part in text)
    assert "source: en, but zh in two" in said


def test_a_run_without_the_data_is_one_clear_message() -> None:
    for name in FIGURES:
        with pytest.raises(UserError):
            builder(name, Run())(paper=True, width=218)
    with pytest.raises(UserError, match="choose one of"):
        builder("pie", Run())


def test_widths() -> None:
    assert [parse_width(name) for name in WIDTHS] == [218, 454, 234, 486, 397]
    assert parse_width("240pt") == 240
    for bad in ("wide", "3pt", "-5", "1.5in"):
        with pytest.raises(UserError, match="acl-column"):
            parse_width(bad)
    with pytest.raises(UserError, match="pdf"):
        export(builder("history", some_run()), Path("x"), "gif")


def test_labels_are_moved_apart() -> None:
    places = spread({"a": 1.0, "b": 1.1, "c": 9.9, "d": 9.95}, 0, 10, 1)
    order = sorted(places.values())
    assert min(np.diff(order)) >= 1 - 1e-9
    assert sorted(places, key=lambda x: places[x]) == ["a", "b", "c", "d"]
    assert 0 <= order[0] <= order[-1] <= 10


def test_labels_stay_near_their_lines() -> None:
    assert spread({"a": 1.0, "b": 5.0}, 0, 10, 1) == {"a": 1.0, "b": 5.0}
    pooled = spread({"a": 5.0, "b": 5.0, "c": 5.0}, 0, 10, 1)
    assert pooled == pytest.approx({"a": 4.0, "b": 5.0, "c": 6.0})


def panels_of(languages: Sequence[str], **look: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = history(some_run(languages).steps, **look).to_dict()["vconcat"]
    return found


def colours(layer: dict[str, Any]) -> dict[str, str]:
    scale = layer["encoding"]["color"]["scale"]
    return dict(zip(scale["domain"], scale["range"], strict=True))


@pytest.mark.parametrize(("steps", "end"), [(None, 20), (150, 150), (5, 20)])
def test_panels_share_the_steps(steps: int | None, end: int) -> None:
    panels = panels_of(LANGUAGES, steps=steps)
    assert len(panels) == 3
    domains = [
        layer["encoding"]["x"]["scale"]["domain"] for panel in panels for layer in panel["layer"]
    ]
    assert domains == [[0, end]] * len(domains)
    titles = [panel["layer"][-1]["encoding"]["x"]["title"] for panel in panels]
    assert titles == [None, None, "Step"]


@pytest.mark.parametrize("many", [False, True])
def test_names_have_the_colours_of_their_lines(many: bool) -> None:
    languages = ["en", *(f"x{i}" for i in range(14))] if many else list(LANGUAGES)
    run = some_run(languages)
    for i, record in enumerate(run.steps):
        record["accuracy"] = {x: 40.0 + i * j for j, x in enumerate(languages)}
    panel = history(run.steps).to_dict()["vconcat"][-1]["layer"]
    texts = [x for x in panel if x["mark"]["type"] == "text"]
    lines = [x for x in panel if x["mark"]["type"] == "line" and "color" in x["encoding"]]
    assert texts and lines
    known = colours(texts[0])
    assert set(known) == {*languages, "mean"}
    assert all(colours(line) == known for line in lines)
    grey = {x for x, colour in known.items() if colour == theme.QUIET}
    assert grey == (set(languages) - {"en", "x0", "x13"} if many else set())
    bright = [known[x] for x in languages if x not in grey]
    assert sorted(bright) == sorted(set(bright)) and set(bright) <= set(COLOURS)


def test_kappa_says_with_whom() -> None:
    records = [{"step": step, "loss": 1.0, "kappa": 0.5} for step in (0, 20)]
    for titles, said in ((None, "the initial teachers"), (panel_titles(watched="all"), "all")):
        panel = history(records, titles=titles).to_dict()["vconcat"][-1]
        (title,) = [layer["encoding"]["y"]["title"] for layer in panel["layer"]]
        assert f"Kappa with {said}" == (title if isinstance(title, str) else " ".join(title))


def test_the_highlights_are_named() -> None:
    run = some_run(["en", *(f"x{i}" for i in range(14))])
    for i, record in enumerate(run.steps):
        record["accuracy"] = {x: 40.0 + i * j for j, x in enumerate(record["accuracy"])}
    note = " ".join(history(run.steps).to_dict()["title"]["subtitle"])
    assert "in colour: en, x13 (of the others, rose most here), x0 (least)" in note


def test_a_rise_counts_up_to_the_kept_step() -> None:
    run = some_run(["en", *(f"x{i}" for i in range(14))])
    for i, record in enumerate(run.steps):
        record["kept"] = i == 1
        ends = 10 if i < 2 else -10
        record["accuracy"] = {x: 40.0 + i * j * ends for j, x in enumerate(record["accuracy"])}
    note = " ".join(history(run.steps).to_dict()["title"]["subtitle"])
    assert "x13 (of the others, rose most here), x0 (least)" in note


@pytest.mark.parametrize("name", FIGURES)
def test_light_and_dark_ink(name: str) -> None:
    draw = builder(name, run_for(name))
    light, dark = (str(draw(paper=False, width=640, dark=x).to_dict()) for x in (False, True))
    assert theme.LIGHT_INK in light and theme.DARK_INK not in light
    assert theme.DARK_INK in dark and theme.LIGHT_INK not in dark


@pytest.mark.parametrize("name", ["before-after", "gap-change"])
def test_a_wide_window_gets_few_ticks(name: str) -> None:
    spec = builder(name, run_for(name))(paper=False, width=1600).to_dict()
    assert theme.TICKS in found_in(spec, "tickCount")


@pytest.mark.parametrize(
    ("strategy", "said", "line"),
    [
        ("alsace", "ALSACE: θ = 0.2", True),
        ("by-hand", "teachers chosen by hand", False),
        ("none", "no selection: every language teaches", False),
        ("proximity", "the nearest of ALSACE's teachers", True),
        ("random", "random teachers, as many as ALSACE's", False),
        ("new-one", "strategy new-one", False),
    ],
)
def test_the_strategy_is_said(strategy: str, said: str, line: bool) -> None:
    run = some_run()
    run.record.config["strategy"] = strategy
    chart = builder("confidence", run)(paper=True, width=454)
    spec = chart.to_dict()
    assert said in " ".join(spec["title"]["subtitle"])
    assert ("rule" in marks(spec)) == line


@pytest.mark.parametrize(
    ("strategy", "of"), [("alsace", "vote"), ("max-probability", "own answer")]
)
def test_the_axis_says_which_probability_decides(strategy: str, of: str) -> None:
    run = some_run()
    run.record.config["strategy"] = strategy
    assert f"Confidence s (mean probability of the {of})" in words(builder("confidence", run))


def test_the_accuracy_says_how_many_items_it_is_measured_on() -> None:
    run = some_run()
    run.record.metrics = {}
    assert shown_items(run.record) is None
    assert "Accuracy on shown items (%)" in words(builder("history", run))
    run.record.config["shown_items"] = 24
    assert "Accuracy on 24 shown items (%)" in words(builder("history", run))
    run.record.metrics = {"before": {"n": 12}}
    assert shown_items(run.record) == 12
    run.record.config["shown_items"] = "many"
    assert shown_items(run.record) is None


def words(draw: Any) -> str:
    """All text of a figure on paper, its lines joined."""
    return " ".join(re.findall(r">([^<>]+)<", to_svg(draw(paper=True, width=454))))


def test_the_threshold_is_named_in_the_unit_of_its_axis() -> None:
    run = some_run()
    chosen = Selection.from_json(run.record.selection or {}, strategy="alsace")
    theta = f"θ = {chosen.threshold:.4g}"
    cut = f"s = {chosen.confidence_at_threshold:.3f} ({theta})"
    assert cut in words(partial(confidence, chosen))
    assert cut not in words(partial(confidence, chosen, normalized=True))
    assert theta in words(partial(confidence, chosen, normalized=True))


def test_colour_scales() -> None:
    shares = np.array([[1.0, 0.9], [0.9, 1.0]])
    spec = agreement(["en", "fr"], shares).to_dict()
    assert [x["domain"] for x in found_in(spec, "scale") if "scheme" in x] == [[0, 100]]
    for french, scheme, low in ((40.0, "oranges", 0), (90.0, "blueorange", -40)):
        scores = {"en": 80.0, "fr": french, "sw": 40.0}
        spec = transfer_gap_map({"one": scores}).to_dict()
        scale = next(x for x in found_in(spec, "scale") if "scheme" in x)
        assert (scale["scheme"], scale["domain"]) == (scheme, [low, 40])
        assert ("blue: ahead of en" in str(found_in(spec, "legend"))) == (low < 0)


def test_changes_of_zero_have_an_axis_of_a_point_each_way() -> None:
    same = {"en": 80.0, "fr": 60.0}
    spec = gap_change(decompose(same, same)).to_dict()
    low, high = next(x for x in found_in(spec, "domain") if isinstance(x[0], float))
    assert low <= -1 and high >= 1


def test_changes_beside_each_other_have_one_axis() -> None:
    small, large = (
        decompose({"en": 80.0, "fr": 60.0}, {"en": 80.0, "fr": x}) for x in (62.0, 75.0)
    )
    both = ((small, None), (large, None))
    ends = [
        next(
            x
            for x in found_in(gap_change(one, beside=both).to_dict(), "domain")
            if x[0] != "English"
        )
        for one in (small, large)
    ]
    assert ends[0] == ends[1] and ends[0][1] > 15 and ends[0][0] < -15


def test_latex_tables() -> None:
    tex = render(builder("confidence", some_run()), "tex", 218).decode()
    assert all(re.fullmatch(r"0\.\d{4}", x) for x in re.findall(r"0\.\d+", tex))
    head = render(builder("gap-change", some_run()), "tex", 218).decode().splitlines()[2]
    assert head == r"part & change & low & high \\"
