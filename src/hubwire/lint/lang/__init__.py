"""The grammars: how each language's syntax tree becomes facts."""
