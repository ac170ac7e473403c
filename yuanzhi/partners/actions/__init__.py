"""All writes of partners and departments."""
