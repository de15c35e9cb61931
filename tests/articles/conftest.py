from __future__ import annotations

from hypothesis import settings

# A busy machine is no failing property.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
