"""Pushes the rows of a CSV file into a HubSpot account.

    plan = prepare(hub, "customers.csv", Wish("contacts"))
    report = plan.run()

`prepare` reads the file and the account's definitions, and refuses what cannot be done; nothing is written.
`run` reads the records that the rows are about, writes what differs, reads it back, and accounts for every
row.
"""

from hubwire.mirror.push.columns import Wish
from hubwire.mirror.push.faults import BadInput
from hubwire.mirror.push.plan import Plan, prepare
from hubwire.mirror.push.report import Report
from hubwire.mirror.push.table import open_table

__all__ = ["BadInput", "Plan", "Report", "Wish", "open_table", "prepare"]
