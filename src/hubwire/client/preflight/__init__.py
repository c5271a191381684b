"""Writes checked against the account's own schema before a call is spent: `Hub(validate=True)`.

A write is refused here only for what HubSpot refuses for certain. Whether a unique value is taken, or whether
an associated record exists, nobody but HubSpot knows.
"""
