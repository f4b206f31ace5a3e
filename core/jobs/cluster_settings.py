"""What jobs ask a cluster for: the sweep file's ``[cluster]``, options, submitit's words for it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from core.config.cluster import ClusterConfig
from core.config.sweep import read_sweep
from core.errors import UserError
from core.quoting import did_you_mean, quote


def settings_of(path: Path, options: Sequence[str]) -> ClusterConfig:
    """The table ``[cluster]`` of a sweep file, and what the command line says instead.

    Args:
        path: of the sweep file.
        options: ``NAME=VALUE``; ``sbatch.NAME=VALUE`` for any option of sbatch.

    Raises:
        UserError: an option that is none, or its value.
        DataError: the file is wrong.
    """
    found = read_sweep(path).cluster
    values = found.model_dump(exclude_unset=True)
    for option in options:
        name, sign, value = option.partition("=")
        field, _, own = name.replace("-", "_").partition(".")
        if not sign or field not in ClusterConfig.model_fields or bool(own) != (field == "sbatch"):
            known = [x for x in ClusterConfig.model_fields if x != "sbatch"]
            raise UserError(
                f"--cluster-option {quote(option)}: say NAME=VALUE with one of "
                f"{', '.join(known)}, or sbatch.NAME=VALUE{did_you_mean(field, known)}"
            )
        if own:
            values.setdefault("sbatch", {})[name.partition(".")[2]] = value
        else:
            values[field] = (value,) if field == "setup" else value
    try:
        return ClusterConfig.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise UserError(f"--cluster-option {where}: {first['msg']}") from error


def slurm_parameters(settings: ClusterConfig) -> dict[str, Any]:
    """The settings in the words of submitit; SLURM itself requeues what is pre-empted."""
    found = {
        "job_name": "language-teachers",
        "partition": settings.partition,
        "account": settings.account,
        "qos": settings.qos,
        "constraint": settings.constraint,
        "time": settings.minutes,
        "gpus_per_node": settings.gpus,
        "cpus_per_task": settings.cpus,
        "mem": settings.memory,
        "array_parallelism": settings.parallel,
        "setup": list(settings.setup) or None,
        "signal_delay_s": settings.notice,
        "stderr_to_stdout": True,
        "additional_parameters": {"requeue": True, **settings.sbatch},
    }
    return {name: value for name, value in found.items() if value is not None}
