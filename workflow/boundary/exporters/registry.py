"""Which exporters there are: one line each."""

from __future__ import annotations

from boundary.exporters.record import Exporter

EXPORTERS = {
    each.name: each
    for each in (
        Exporter("counts", "counts of all arms, one CSV", texts=False, rule=True),
        Exporter("every_eval_ever", "records of Every Eval Ever, instance level", texts=True),
        Exporter(
            "hugging_face",
            "a data set folder for the Hugging Face hub, with card",
            texts=False,
            rule=True,
        ),
        Exporter("lm_eval", "logs of lm-evaluation-harness", texts=True),
        Exporter("passk_inference", "counts for passk-inference, JSON lines an arm", texts=False),
        Exporter("wandb", "tables of Weights & Biases", texts=False, rule=True),
    )
}
