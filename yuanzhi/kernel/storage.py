"""Static files under names that carry their content's hash, compressed beforehand (brotli and gzip)."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """As WhiteNoise's, but a file that was not collected keeps its plain name: no page breaks for it."""

    support_js_module_import_aggregation = True  # our ES modules import each other by relative paths
    manifest_strict = False

    def stored_name(self, name: str) -> str:
        try:
            return super().stored_name(name)
        except ValueError:
            return name
