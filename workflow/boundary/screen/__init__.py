"""Whether models complete problems that they were shown a part of, better than altered ones."""
