"""One logged sample of lm-evaluation-harness: its log-likelihoods, its choices and what is right.

A multiple-choice sample is read from these fields:

- ``doc_id``: the number of the item in its split; ``doc``: the item itself. Of Belebele, whose
  languages need not have one order, ``link`` and ``question_number`` are the item.
- ``filtered_resps`` (else ``resps``, one list deeper): per choice the log-likelihood in nats and
  whether greedy decoding gives the choice. Where ``acc_mutual_info`` was measured, the second half
  are the choices without their context, and are left out.
- ``arguments``: per choice the context and the continuation, of which the choice's length is.
- ``target``: the right choice, as its index, its text, or a list of indices.
- ``acc``: whether the likeliest choice is right; it must follow from the other fields.

Versions 0.4.0 to 0.4.2 write numbers and lists; from 0.4.3 on log-likelihoods and targets are
texts, and ``arguments`` is ``{"gen_args_0": {"arg_0": context, "arg_1": continuation}, ...}``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.rows import digest
from core.quoting import quote

MUTUAL = "acc_mutual_info"


class OddSampleError(ValueError):
    """A line that is no multiple-choice sample; the message says why."""


@dataclass(frozen=True)
class Sample:
    """One item in one language."""

    item: str
    """What makes it the same item in another language."""
    likelihoods: NDArray[np.float64]
    """[choices] log-likelihoods, in nats."""
    choices: tuple[str, ...]
    """The continuations; empty where the log does not hold them."""
    target: Any
    """As logged."""
    right: bool | None
    """Whether the harness counted it as right; None where it did not say."""
    cluster: str
    """Items that belong together: questions on a passage, hypotheses to a premise."""

    def probabilities(self, *, length_normalised: bool) -> NDArray[np.float64]:
        """[choices]: softmax of the log-likelihoods.

        Args:
            length_normalised: divide each by its choice's number of characters first, the space
                before it aside (the harness's ``acc_norm``).
        """
        scores = self.likelihoods
        if length_normalised:
            scores = scores / [max(1, len(text.removeprefix(" "))) for text in self.choices]
        weights = np.exp(scores - scores.max())
        found: NDArray[np.float64] = weights / weights.sum()
        return found

    def gold(self, *, by_text: bool) -> tuple[int, ...]:
        """Indices of the right choices; empty where the target is none.

        Args:
            by_text: the target is the text of a choice, not an index.
        """
        if by_text:
            texts = [text.strip() for text in self.choices]
            wanted = str(self.target).strip()
            return (texts.index(wanted),) if wanted in texts else ()
        indices = _indices(self.target)
        inside = all(0 <= k < len(self.likelihoods) for k in indices)
        return tuple(dict.fromkeys(indices)) if inside else ()

    def agrees(self, gold: Sequence[int]) -> bool:
        """Whether the harness's own verdict follows from these right choices."""
        return self.right is None or self.right == (int(self.likelihoods.argmax()) in gold)


def sample_of(record: Mapping[str, Any]) -> Sample:
    """The sample in a line of a log.

    Raises:
        OddSampleError: it is no multiple-choice sample.
    """
    for name in ("doc_id", "target"):
        if record.get(name) is None:
            raise OddSampleError(f"no {name}")
    found = _likelihoods(record)
    choices = _choices(record.get("arguments"))
    if MUTUAL in record and len(found) % 2 == 0:
        found, choices = found[: len(found) // 2], choices[: len(choices) // 2]
    if len(found) < 2:
        raise OddSampleError(f"{len(found)} response; a multiple-choice sample has one a choice")
    right = record.get("acc")
    doc = record.get("doc")
    item, cluster = _identity(record["doc_id"], doc if isinstance(doc, dict) else {})
    return Sample(
        item=item,
        likelihoods=np.array(found),
        choices=choices if len(choices) == len(found) else (),
        target=record["target"],
        right=bool(right) if isinstance(right, int | float) else None,
        cluster=cluster,
    )


def _likelihoods(record: Mapping[str, Any]) -> list[float]:
    """One log-likelihood a response."""
    listed = record.get("filtered_resps")
    if listed is None:
        deeper = record.get("resps")
        listed = [x[0] if isinstance(x, list) and x else x for x in deeper or ()]
    if not isinstance(listed, list) or not listed:
        raise OddSampleError("no filtered_resps")
    found = []
    for response in listed:
        if not isinstance(response, list) or len(response) != 2:
            raise OddSampleError(
                f"the response {quote(response)} is text, not a log-likelihood: only "
                "multiple-choice tasks can be read"
            )
        try:
            value = float(response[0])
        except (TypeError, ValueError):
            raise OddSampleError(f"{quote(response[0])} is no log-likelihood") from None
        if np.isnan(value) or value == np.inf:
            raise OddSampleError(f"the log-likelihood is {value}")
        found.append(value)
    if max(found) == -np.inf:
        raise OddSampleError("the log-likelihoods of all choices are -inf")
    return found


def _choices(arguments: object) -> tuple[str, ...]:
    """The continuations in either form of ``arguments``."""
    if isinstance(arguments, dict):
        parts = [arguments.get(f"gen_args_{k}") for k in range(len(arguments))]
        texts = [part.get("arg_1") if isinstance(part, dict) else None for part in parts]
    elif isinstance(arguments, list):
        texts = [part[1] if isinstance(part, list) and len(part) > 1 else None
                 for part in arguments]  # fmt: skip
    else:
        return ()
    return tuple(texts) if all(isinstance(text, str) for text in texts) else ()  # type: ignore[arg-type]


def _identity(doc_id: object, doc: Mapping[str, Any]) -> tuple[str, str]:
    """Id and cluster of an item."""
    if "link" in doc and "question_number" in doc:
        return f"{doc['link']}/{doc['question_number']}", digest(str(doc["link"]))
    if "premise" in doc and "hypothesis" in doc:
        return str(doc_id), digest(str(doc["premise"]))
    return str(doc_id), str(doc_id)


def _indices(target: object) -> tuple[int, ...]:
    """The integers that a target is or lists."""
    if isinstance(target, str):
        try:
            target = json.loads(target)
        except ValueError:
            return ()
    listed: list[Any] = target if isinstance(target, list) else [target]
    whole = all(isinstance(k, int) and not isinstance(k, bool) for k in listed)
    return tuple(listed) if whole else ()
