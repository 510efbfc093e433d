"""Shots of real desktop programs, with the boxes that their accessibility tree tells."""
