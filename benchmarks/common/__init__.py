"""What the benchmarks share: measurements, texts of a length, figures with intervals."""
