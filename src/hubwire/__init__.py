"""Software that talks to HubSpot: client, emulator, push."""
