"""The engine toy: says one of two numbers, by the seed alone."""

from boundary.engines.record import EngineRecord

ENGINE = EngineRecord(
    name="toy",
    about="tests",
    loader="boundary.engines.toy.engine:ToyEngine",
    environment="models",
    cores=1,
)
