"""For tests of code that talks to HubSpot: an emulated account in process, and pytest fixtures over it."""
