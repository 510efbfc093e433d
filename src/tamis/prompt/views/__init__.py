"""How a compression is shown: as an HTML page and on a terminal."""
