"""Tabular import: from whatever file people upload to records, and back to them with what was wrong. Pure.

    table, matching = open_matching(path, layout)     # guarded, streamed; TableError, .problems: sentences
    for record in read_records(table, matching):      # values, findings, ok
        ...
    write_back(path, table, matching, findings, out)  # the same file with a 错误信息 column

`reader` opens, `mapping` knows columns and records, `returning` gives back, `writer` makes templates;
`findings` holds the words, `limits` what is too much, `workbook` and `sheets` the inside of .xlsx,
`delimited` text files.
"""
