"""The commands of `hubwire webhooks`."""
