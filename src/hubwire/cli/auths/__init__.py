"""Commands of `hubwire auth`, one file each."""
