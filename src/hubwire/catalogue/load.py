"""Reads the tables in `data/`. Each table is read once, on first use."""

from __future__ import annotations

from functools import cache

from hubwire.catalogue.facts import AssociationType, Endpoint, ObjectType, Pipeline, Property, Tier

VERSIONS = ("v3", "2026-03", "2026-09")
NEWEST = "2026-09"
