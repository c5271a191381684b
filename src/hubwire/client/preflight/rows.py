"""Batch calls whose rows are checked before they are sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hubwire.client import batches
from hubwire.client.jobs import Create, Update, Upsert
from hubwire.client.outcomes import Outcome, Row
from hubwire.client.preflight.guard import DOUBT, Guard, guard_of
from hubwire.client.preflight.shape import Shape
from hubwire.client.session import Session
from hubwire.client.validation import Deed
from hubwire.errors import ConfigError, HubwireError, Preflight
from hubwire.wire.flow import Emit, Flow

Writes = Create | Update | Upsert


def job(session: Session, kind: str, verb: Deed, by: str | None) -> Writes:
    """The job whose rows are to be looked at."""
    if verb == "create":
        return Create(session, kind)
    if verb == "update":
        return Update(session, kind, by)
    if verb != "upsert" or not by:
        raise ConfigError("rows are checked for 'create', 'update', or 'upsert' with by=, a unique property")
    return Upsert(session, kind, by)


def outcomes(session: Session, job: Writes, inputs: Iterable[Any]) -> Flow[None]:
    """Emits an outcome per input; rows that HubSpot would refuse are refused here, and the others sent."""
    guard = guard_of(session)
    shape = yield from guard.shape(job.kind, older=DOUBT)
    yield from _heard(batches.outcomes(session, Checked(job, guard, shape), inputs), job, guard)


def verdicts(session: Session, job: Writes, inputs: Iterable[Any]) -> Flow[None]:
    """Emits what is known of every row without sending any."""
    guard = guard_of(session)
    shape = yield from guard.shape(job.kind, older=DOUBT)
    checked = Checked(job, guard, shape)
    for index, given in enumerate(inputs):
        error: HubwireError | None = None
        try:
            checked.prepare(index, given)
        except (ConfigError, Preflight) as refusal:
            error = refusal
        yield Emit([Outcome(index=index, input=given, error=error)])


class Checked:
    """The same job; a row that HubSpot would refuse is not prepared."""

    def __init__(self, job: Writes, guard: Guard, shape: Shape) -> None:
        self._job, self._guard, self._shape, self._deed = job, guard, shape, _deed(job)
        self.size, self.writes, self.once = job.size, job.writes, job.once
        self.call, self.settle, self.done = job.call, job.settle, job.done

    def prepare(self, index: int, given: Any) -> Row:
        """The row as it goes over the wire; `Preflight` when HubSpot would refuse it."""
        return self._guard.row(self._shape, self._job.prepare(index, given), self._deed)


def _deed(job: Writes) -> Deed:
    return "create" if isinstance(job, Create) else "update" if isinstance(job, Update) else "upsert"


def _heard(flow: Flow[None], job: Writes, guard: Guard) -> Flow[None]:
    """The same flow; what HubSpot refused all the same is learned."""
    try:
        effect = next(flow)
        while True:
            if isinstance(effect, Emit):
                found = list(effect.values)
                for outcome in found:
                    if outcome.error is not None:
                        guard.learn(job.kind, outcome.error, {})
                effect = Emit(found)
            try:
                reply = yield effect
            except Exception as failure:  # noqa: BLE001 (the driver's, meant for the flow inside)
                effect = flow.throw(failure)
            else:
                effect = flow.send(reply)
    except StopIteration:
        return
    finally:
        flow.close()
