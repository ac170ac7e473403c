"""News that travels upward: what apps on higher floors may listen to."""

from django.dispatch import Signal

# merge: the Merge row; undo: whether it is being undone. Sent inside the transaction, so that nobody's rows
# hang on an enterprise that is gone.
enterprises_merged = Signal()
