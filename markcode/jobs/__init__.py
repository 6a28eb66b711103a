"""Jobs: what a batch is made of, and a job or table of marks read again.

Into a job: `rows` (cells to arms), `serials` and `numbering` (numbers that we issue), `duplicates`
(over the whole table), `order` (what was asked for, and what came of it), `tables` (marks.csv and
its neighbours), `manifest`, `folder` (the whole job, or none). Back: `inspection`, with `files` and
`marks`.
"""

from __future__ import annotations

from markcode.jobs.inspection import Job, Verified, is_job, verify_job, verify_table

__all__ = ["Job", "Verified", "is_job", "verify_job", "verify_table"]
