"""The web service: answers HTTP from one release of the knowledge graph.

Stands on `graph` and reads a release through it; nothing in here imports a triple
store, a SHACL engine or rdflib, and nothing in `graph` imports this package. Only
`server.__main__` reads the environment and puts the parts together.
"""
