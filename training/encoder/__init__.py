"""How the embedded encoder `mini` was made."""
