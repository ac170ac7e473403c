"""News of the kernel for the floors above, which it does not know."""

from django.dispatch import Signal

# Arguments: year (int). Sent by a background job after the new calendar is committed, and sent again if that
# job dies half-way: receivers must be idempotent. A receiver that raises makes the job try again later.
calendar_changed = Signal()
