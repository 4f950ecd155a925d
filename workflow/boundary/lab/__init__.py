"""The lab: small base, reinforced and distilled models, trained by the pipeline itself."""
