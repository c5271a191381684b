"""Webhooks out: what apps want to be told, what happened, and the sending of it."""
