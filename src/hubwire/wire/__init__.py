"""Mechanics of a conversation over HTTP; knows nothing of HubSpot."""
