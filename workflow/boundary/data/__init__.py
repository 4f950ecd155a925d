"""Problem tables: benchmarks, and counts that others published."""
