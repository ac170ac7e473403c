"""Many enterprises at once: the layout of the spreadsheet, what becomes of each row, and the bulk actions."""
