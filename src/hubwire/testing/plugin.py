"""The pytest plugin: fixtures over an embedded emulator."""
