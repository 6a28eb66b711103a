"""The steps from each version of the tables to the next: one module each, for Alembic.

A step that was released is never changed. `markcode.ledger.versions` runs them.
"""
