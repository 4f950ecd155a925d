"""Names under ``allow_differences`` of a comparison that are no keys of a protocol."""

#: Lets a comparison mix versions of an engine.
ENGINE_VERSION = "engine_version"
#: What belongs to a model and decides how it computes.
MODEL_KEYS = ("dtype", "quantization")
