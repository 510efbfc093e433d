"""Settings for the whole suite: the same examples on every machine, and enough time for slow ones."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "tamis",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "tamis"))
