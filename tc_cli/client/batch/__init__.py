"""Inviting many from a file: the sheet that is read, the plan that is checked, the run, and the report of it.

`sheet.read` gives what `planning.check` takes; `sending.send` carries out its plan, and a `reporting.Report` keeps what
came of it.
"""
