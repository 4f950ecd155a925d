"""What a run says of itself: progress and faults of its jobs, and what is done of a study."""
