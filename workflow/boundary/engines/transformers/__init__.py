"""The engine transformers: Hugging Face's models on the CPU or one GPU."""

from boundary.engines.record import EngineRecord
from boundary.jobs.sampling import FILTERS

ENGINE = EngineRecord(
    name="transformers",
    about="small models, in float32 unless dtype says otherwise",
    loader="boundary.engines.transformers.engine:TransformersEngine",
    environment="models",
    cores=1,
    takes=frozenset({"stop", *FILTERS}),
    dtype="float32",
    distributions=("torch", "transformers"),
)
