"""`hubwire emulator COMMAND`: one module each, with `NAME`, `HELP`, `configure(parser)` and `run(args)`."""
