"""A run that only answers the evaluation questions, in every pair of languages."""

from __future__ import annotations

from core.config import QaEvaluateConfig
from core.jobs.kinds import Work
from core.jobs.qa_inputs import check_answers, read
from core.jobs.qa_scoring import answer_all, files
from core.runs.live import LiveRun
from core.runs.store import RunStore

USES = ("evaluation",)


def prepare(config: QaEvaluateConfig, store: RunStore) -> Work:
    """Check the input of an evaluation."""
    job = read(config, store, USES)
    check_answers(job.source, "make one with qa finetune or qa train and give its run")

    def work(run: LiveRun) -> None:
        job.describe(run, USES)
        run.update(parents=[job.source.run] if job.source.run else [])
        after = answer_all(run, job.load(), job, "after")
        run.update(
            metrics={"after": after.summary, "normalization": job.config.normalization},
            artifacts=files("after"),
        )

    return work
