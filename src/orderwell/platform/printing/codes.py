"""Bar codes and QR codes as SVG, for scanners."""

from __future__ import annotations

import io

import segno
from barcode import Code128
from barcode.writer import SVGWriter


def bar_code(text: str) -> str:
    """Code 128 without text below; empty when the text has characters it cannot say."""
    if not text or not text.isascii() or not text.isprintable():
        return ""
    out = io.BytesIO()
    options = {"write_text": False, "module_height": 9.0, "module_width": 0.25, "quiet_zone": 1.0}
    Code128(text, writer=SVGWriter()).write(out, options)
    return out.getvalue().decode()


def qr_code(text: str) -> str:
    out = io.BytesIO()
    segno.make(text or "-", error="m").save(out, kind="svg", border=2)
    return out.getvalue().decode()
