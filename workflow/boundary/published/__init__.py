"""Numbers that others printed: whether they agree with each other, and with a study."""
