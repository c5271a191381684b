"""How programs that call HubSpot's own hosts come to the emulator: proxy, local CA, environment."""
