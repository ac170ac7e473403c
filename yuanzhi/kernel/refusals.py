"""How the house says no."""


class Refused(Exception):
    """A wish the house does not grant, as a Chinese sentence: what is wrong, where, what to do."""


class Overtaken(Refused):
    """Someone else was faster: what was seen is no longer so."""
