"""What the words of closed cases teach: plain values in, plain values out; no database, no clock.

`fit.fit` learns from (title, words, label); a `Learned` tells the likeliest labels of new words and the
words that spoke for them; `to_bytes`/`from_bytes` keep it as numbers. `catalogue` does the same from the
catalogue's own words, before there is anything to learn from. Import `fit` only where it is needed: it brings
scikit-learn, which no page needs.
"""

from .catalogue import Entry, by_catalogue
from .grams import counted
from .learned import Guess, Learned, from_bytes, to_bytes

__all__ = [
    "Entry",
    "Guess",
    "Learned",
    "by_catalogue",
    "counted",
    "from_bytes",
    "to_bytes",
]
