"""The inbox beyond one machine: PostgreSQL keeps it, PgQueuer says who works on which record.

Needs `pip install 'hubwire[webhooks-postgres]'`.
"""

from __future__ import annotations

from hubwire.webhooks.postgres.engine import PgQueuerEngine as PgQueuerEngine
from hubwire.webhooks.postgres.inbox import PostgresInbox as PostgresInbox

__all__ = ["PgQueuerEngine", "PostgresInbox"]
