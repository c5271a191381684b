"""What goes wrong because somebody asked for it."""

from __future__ import annotations

from hubwire.emulator.account import Account
from hubwire.emulator.exchange import Answer, Asked, Cut, Mishap, Refusal
from hubwire.emulator.faults import Fault
from hubwire.emulator.refusals import account_moving, internal_error, locked, over_limit, ten_secondly

OWN = "emulator."
"""The emulator's own pages and controls always work."""


def inject_fault(account: Account, asked: Asked) -> None:
    """Answers in the handler's place, or says what shall become of its answer."""
    op = asked.endpoint.op if asked.endpoint else ""
    fault = None if op.startswith(OWN) else account.world.faults.pick(asked)
    if fault is None:
        return
    asked.mishap = Mishap(fault.do, fault.delay)
    if fault.do == "drop-before":
        raise Cut(Answer(0))
    if fault.do == "status":
        if fault.body is not None:
            kind = "text/html" if fault.body.lstrip().startswith("<") else "application/json"
            raise Cut(Answer(fault.status, fault.body.encode(), _headers(fault), f"{kind};charset=utf-8"))
        raise _refusal(fault, asked)


def _refusal(fault: Fault, asked: Asked) -> Refusal:
    refusal = _usual(fault, asked)
    refusal.more["headers"] = [*refusal.more.get("headers", ()), *_headers(fault)]
    return refusal


def _usual(fault: Fault, asked: Asked) -> Refusal:
    """What HubSpot says with that status."""
    grant = asked.grant
    if fault.status == 429:
        if fault.policy == "ten_secondly_rolling" and grant is not None:
            return ten_secondly(grant.app_id, grant.portal_id, grant.kind)
        return over_limit(fault.policy)
    if fault.status == 423:
        return locked()
    if fault.status == 477:
        return account_moving(fault.retry_after or 60)
    if fault.status == 500:
        return internal_error()
    return Refusal(fault.status, f"hubwire emulator: a fault with status {fault.status} was asked for.")


def _headers(fault: Fault) -> list[tuple[str, str]]:
    if fault.retry_after is None or fault.status == 477:
        return []
    return [("Retry-After", str(fault.retry_after))]
