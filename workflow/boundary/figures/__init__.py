"""What the charts of a study share; each stands in the folder of its analysis."""
