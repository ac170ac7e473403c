"""Bringing spreadsheets in, whatever is in them: upload, columns, dry run, commit, the file back, undo.

An app registers a `Kind` and gets all of it. A batch (`ImportBatch`) goes

    uploaded → checking → checked → committing → done → undoing → undone        (failed, with a sentence)

in chunks of 500 rows, each with its history, its findings and the batch's cursor in one transaction: a
process that dies in the middle loses nothing and does nothing twice. Everything written stands in the history
under the cause "import:<batch>", which is also what the undo walks along.
"""
