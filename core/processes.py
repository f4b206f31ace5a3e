"""Several processes that compute one run together: ``accelerate launch -m core distill ...``.

Every process does the same, in the same order; only three things differ. Of a step's rows each
takes its share, and the gradients of all are added up before the optimizer's step, which is then
the step of one process (up to the order of sums; dropout is drawn anew by each process, so with
dropout it is another draw). Rows to predict are dealt out batch by batch and gathered. Only the
first process, the main one, writes: the run, its log, and what a user reads. What a process reads
off a clock or off the disk the main one decides for all.

A launcher says who is who in the environment (torchrun's names, or those of MPI); without one
there is one process, and nothing here does anything. Numbers go over gloo, gradients of GPUs over
NCCL; neither torch nor a connection is needed before the first of them.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from core.errors import CoreError

if TYPE_CHECKING:
    import torch

T = TypeVar("T")
Rows = TypeVar("Rows")
"""A list, array or tensor: what slices along its first axis."""
RANKS = ("RANK", "PMI_RANK", "OMPI_COMM_WORLD_RANK", "MV2_COMM_WORLD_RANK")
COUNTS = ("WORLD_SIZE", "PMI_SIZE", "OMPI_COMM_WORLD_SIZE", "MV2_COMM_WORLD_SIZE")
LOCALS = (
    "LOCAL_RANK",
    "MPI_LOCALRANKID",
    "OMPI_COMM_WORLD_LOCAL_RANK",
    "MV2_COMM_WORLD_LOCAL_RANK",
)
PATIENCE = timedelta(days=7)
"""How long a process waits for the others; one that ends is noticed at once."""
BUCKET = 1 << 23
"""Numbers of gradients that are added up at a time; 32 MiB in float32."""
FAILED, OVER = "failed", "over"
"""What the processes tell each other beside the connection: why one failed; that all is over."""


class Place(NamedTuple):
    """Which process this is."""

    rank: int = 0
    """Among all; the main one is 0."""
    total: int = 1
    local: int = 0
    """Among those of this machine: the number of its GPU."""


class _Group(NamedTuple):
    """The connection."""

    dist: Any
    store: Any
    """Outlives the connection: a process that failed says there why."""


_by_main = False
"""Whether the main process is doing something alone."""


@cache
def place() -> Place:
    """Which process this is, from the environment."""
    if "MASTER_ADDR" not in os.environ:
        return Place()
    rank, count, local = (
        next((int(os.environ[x]) for x in names if x in os.environ), default)
        for names, default in ((RANKS, 0), (COUNTS, 1), (LOCALS, 0))
    )
    return Place(rank, count, local) if count > 1 else Place()


def is_main() -> bool:
    """Whether this process writes."""
    return place().rank == 0


def share(rows: Rows, among: int | None = None) -> Rows:
    """This process's part of a step's rows: every n-th one, from its own number on.

    Args:
        rows: of the whole step; those of a step with fewer than processes leave some without.
        among: so many processes take part; all if None.
    """
    rank, count, _ = place()
    if count == 1:
        return rows
    among = count if among is None else min(count, among)
    mine = slice(rank, None, among) if rank < among else slice(0)
    return cast("Rows", cast("Any", rows)[mine])


def dealt(batches: Sequence[Rows]) -> Iterator[tuple[Rows, int]]:
    """The batches of this process, in as many rounds on every process.

    Args:
        batches: of rows; the same ones on every process.

    Yields:
        A batch, empty where this process has no more, and how many rows are done after the round.
    """
    rank, count, _ = place()
    done = 0
    for first in range(0, len(batches), count):
        some = batches[first : first + count]
        done += sum(len(cast("Any", batch)) for batch in some)
        yield (some[rank] if rank < len(some) else cast("Any", some[0])[:0]), done


def everyones(mine: T) -> list[T]:
    """What every process found, in their order; anything that can be pickled."""
    if place().total == 1:
        return [mine]
    with _together() as group:
        found: list[Any] = [None] * place().total
        group.dist.all_gather_object(found, mine)
    return found


def any_of(flag: bool) -> bool:
    """Whether it holds on any process; nobody goes on before all have come here."""
    if place().total == 1 or _by_main:
        return flag
    import torch

    with _together() as group:
        found = torch.tensor(int(flag))
        group.dist.all_reduce(found, op=group.dist.ReduceOp.MAX)
    return bool(found)


def wait() -> None:
    """Wait until every process has come here."""
    any_of(False)


def from_main(attempt: Callable[[], T]) -> T:
    """What the main process finds; the others wait for it. It can be pickled."""
    global _by_main  # noqa: PLW0603
    if place().total == 1 or _by_main:
        return attempt()
    wait()  # a process that failed is noticed before anything is done
    found: list[Any] = [None]
    if is_main():
        _by_main = True
        try:
            found = [attempt()]
        finally:
            _by_main = False
    with _together() as group:
        group.dist.broadcast_object_list(found, src=0)
    return found[0]


def add_up(model: torch.nn.Module, numbers: Mapping[str, float]) -> dict[str, float]:
    """Add the gradients of all processes up, and the numbers of a step; all have the sums then.

    Args:
        model: whose gradients are of this process's share of the step; None counts as zero, and
            stays None where no process has one.
        numbers: of the share; a name that a process does not have counts as zero there.
    """
    if place().total == 1:
        return dict(numbers)
    import torch

    sums: dict[str, float] = {}
    for one in everyones(dict(numbers)):
        for name, value in one.items():
            sums[name] = sums.get(name, 0.0) + value
    trained = [x for x in model.parameters() if x.requires_grad]
    with _together() as group, torch.no_grad():
        there = torch.tensor([x.grad is not None for x in trained]).int()
        group.dist.all_reduce(there, op=group.dist.ReduceOp.MAX)
        for some in _buckets([x for x, has in zip(trained, there.tolist(), strict=True) if has]):
            for parameter in some:
                if parameter.grad is None:
                    parameter.grad = torch.zeros_like(parameter)
            flat = torch.cat([x.grad.reshape(-1) for x in some])
            group.dist.all_reduce(flat)
            pieces = flat.split([x.numel() for x in some])
            for parameter, piece in zip(some, pieces, strict=True):
                parameter.grad.copy_(piece.view_as(parameter))
    return sums


def _buckets(parameters: Iterable[torch.nn.Parameter]) -> Iterator[list[Any]]:
    """Parameters in their order, of one kind and device, as many together as `BUCKET` holds."""
    some: list[Any] = []
    size = 0
    for one in parameters:
        other = some and (some[0].dtype, some[0].device) != (one.dtype, one.device)
        if some and (other or size + one.numel() > BUCKET):
            yield some
            some, size = [], 0
        some.append(one)
        size += one.numel()
    if some:
        yield some


def follow() -> None:
    """Let a process that is not the main one leave Ctrl-C to that one, and its words unsaid."""
    import sys

    if not is_main():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115  to the very end


def report(reason: str) -> None:
    """Say why this process failed, for the main one to tell."""
    if not is_main():
        with suppress(Exception):
            _group().store.set(FAILED, reason)


def part(*, failed: bool) -> None:
    """Go apart at the end: the main process first, so that it can say how it ended.

    Args:
        failed: this process did; the others shall notice.
    """
    if place().total == 1 or not _group.cache_info().currsize:
        return
    dist, store = _group()
    with suppress(Exception):  # another one may be gone already
        if is_main():
            store.set(OVER, "")
        if failed or not is_main():
            dist.destroy_process_group()
        if not is_main():
            store.wait([OVER], PATIENCE)


@contextmanager
def _together() -> Iterator[_Group]:
    """Around what needs all processes.

    Raises:
        CoreError: another one failed or is gone.
    """
    group = _group()
    try:
        yield group
    except RuntimeError as error:
        reason = "it ended without a word; it may have been killed, or lacked memory"
        with suppress(Exception):
            if group.store.check([FAILED]):
                reason = group.store.get(FAILED).decode()
        raise CoreError(f"another process of this run failed: {reason}") from error


@cache
def _group() -> _Group:
    """Connect the processes.

    Raises:
        CoreError: they can't be.
    """
    import torch
    from torch import distributed

    dist: Any = distributed
    rank, count, _ = place()
    gpus = torch.cuda.is_available() and dist.is_nccl_available()
    try:
        store, _, _ = next(iter(dist.rendezvous("env://", rank, count, timeout=PATIENCE)))
        dist.init_process_group(
            "cpu:gloo,cuda:nccl" if gpus else "gloo",
            store=dist.PrefixStore("run", store),
            rank=rank,
            world_size=count,
            timeout=PATIENCE,
        )
    except (RuntimeError, ValueError) as error:
        raise CoreError(f"process {rank + 1} of {count} can't reach the others: {error}") from error
    return _Group(dist, dist.PrefixStore("ends", store))
