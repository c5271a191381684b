"""What `hubwire doctor` and `hubwire auth status` look at, one file a subject."""
