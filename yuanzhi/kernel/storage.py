"""Static files under names that carry their content's hash, compressed beforehand (brotli and gzip)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from .joining import served


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """As WhiteNoise's, with our own sheets and modules joined (joining.py).

    A file that was not collected keeps its plain name: no page breaks for it.
    """

    support_js_module_import_aggregation = True  # our ES modules import each other by relative paths
    manifest_strict = False

    def stored_name(self, name: str) -> str:
        try:
            return super().stored_name(name)
        except ValueError:
            return name

    def post_process(
        self, paths: dict[str, tuple[Storage, str]], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        """Hash and compress the joined files in place of their sources."""
        own = {name: where for name, where in paths.items() if name.startswith(("css/", "js/"))}

        def read(name: str) -> str:
            storage, path = own[name]
            with storage.open(path) as file:
                return file.read().decode()

        memory = InMemoryStorage()
        joined = dict(paths)
        for name, text in served(own, read).items():
            joined[name] = (memory, memory.save(name, ContentFile(text.encode())))
        yield from super().post_process(joined, dry_run=dry_run, **options)
