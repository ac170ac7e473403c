"""Tables that bring in partners and departments (docs/howto/add-an-import-layout.md)."""
