"""Commands of `hubwire schema`."""
