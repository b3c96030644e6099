"""Where the file of an import lies."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from orderwell.domains.integrations.models import ImportBatch


def stored_file(batch: ImportBatch) -> Path:
    return Path(settings.MEDIA_ROOT) / batch.file_path
