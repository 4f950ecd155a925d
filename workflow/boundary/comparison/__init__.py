"""Compare models on samples or counts that other tools made, without a study."""
