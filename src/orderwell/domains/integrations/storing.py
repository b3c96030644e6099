"""Where the file of an import lies."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from orderwell.domains.integrations.errors import FileChanged
from orderwell.domains.integrations.models import ImportBatch

FOLDER = "imports"


def stored_file(batch: ImportBatch) -> Path:
    return Path(settings.MEDIA_ROOT) / batch.file_path


def present_file(batch: ImportBatch) -> Path:
    """The same. Raises FileChanged once it was deleted."""
    path = stored_file(batch)
    if not path.exists():
        raise FileChanged(batch=batch.pk)
    return path
