"""What a study may say of the task."""

from typing import Literal

from pydantic import Field

from boundary.lab_task import Drawing, Pretraining, Reinforcement, Task


class Pretrain(Pretraining):
    """Train a model from scratch on words and their last letter."""

    task: Literal["copying"] = Field(description="Say the last letter.")
    rows: int = Field(default=64, ge=1, le=10_000, description="Words a batch.")
    noise: float = Field(default=0.5, ge=0, le=1, description="Share of random letters.")


class Reinforce(Reinforcement):
    """Reward the last letter."""

    task: Literal["copying"] = Field(description="Say the last letter.")


class Words(Drawing):
    """Words of four letters."""

    task: Literal["copying"] = Field(description="Say the last letter.")
    problems: int = Field(ge=1, le=32, description="How many; no run trains on them.")

    @property
    def response_tokens(self) -> float:
        """A letter and the end."""
        return 2.0


TASK = Task(
    name="copying",
    recipes=(Pretrain, Reinforce),
    drawing=Words,
    loader="boundary.kinds.copying.material:MATERIAL",
)
