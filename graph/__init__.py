"""The knowledge graph: its data, and what reads, derives, gates and releases it.

Nothing in here knows HTTP: importing Flask or anything of `server` is refused by a
check. Only `graph.store` speaks to the triple store, and each SHACL engine is imported
by its own adapter in `graph.engines` alone.
"""
