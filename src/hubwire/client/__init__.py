"""The client: records, associations, definitions, and the quota they spend."""
