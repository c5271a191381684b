"""One function per endpoint. Each returns a `Call`: nothing is sent here."""
