"""Where tokens are kept between calls, programs and machines."""

from __future__ import annotations
