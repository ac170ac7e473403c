"""Tabular import: from whatever file people upload to records, and back to them with what was wrong. Pure.

    table = open_table(path, "名单.xlsx")            # reader: guarded and streamed; TableError is a sentence
    matching = match(table, layout)                  # mapping: which column is which; .problems stop the import
    for record in read_records(table, matching):     # values, findings, ok
        ...
    write_back(path, table, matching, findings, out) # returning: the same file with a 错误信息 column

`findings` holds the words, `limits` what is too much, `workbook` and `sheets` the inside of .xlsx, `delimited` text
files, `writer` templates and new files.
"""
