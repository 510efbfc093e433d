"""Triton decides when a program is decorated whether it is interpreted: set before anything imports the kernels."""

import os
import sys

if "tamis.attention.kernels" not in sys.modules:
    os.environ["TRITON_INTERPRET"] = "1"
