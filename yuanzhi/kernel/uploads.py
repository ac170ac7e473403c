"""How much one request may bring in files, counted while it comes: nobody fills the disk unseen."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload

MB = 1024 * 1024
SIGNED_IN = 220 * MB  # twenty files of ten, or one spreadsheet of 64
OUTSIDE = 30 * MB


class Capped(FileUploadHandler):
    """First of the handlers. Beyond the cap nothing more is kept, and `too_much(request)` says so."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.seen = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Hand the piece on to the next handler, or stop."""
        self.seen += len(raw_data)
        user = getattr(self.request, "user", None)
        cap = SIGNED_IN if user is not None and user.is_authenticated else OUTSIDE
        if self.seen > cap:
            self.request.upload_was_cut = True  # type: ignore[union-attr]
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handler makes the file."""
        return


def too_much(request: Any) -> bool:
    """Whether the request brought more than it may. Look after reading its files."""
    return getattr(request, "upload_was_cut", False)
