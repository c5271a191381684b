"""From a server's idea of a request to the receiver's, and back. Nothing is decided here."""
