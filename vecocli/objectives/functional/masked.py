"""Cross-entropy of masked predictions, shared by MLM and TLM."""

from torch.nn import functional as F

from vecocli.encoder.devices import at_least_fp32
from vecocli.encoder.passes import Prediction
from vecocli.objectives import Loss


def prediction_loss(prediction: Prediction | None) -> Loss:
    """Mean cross-entropy in fp32 or better over the masked positions; 0 when nothing was masked.

    Raises:
        ValueError: The pass was not run.
    """
    if prediction is None:
        raise ValueError("the forward pass of this objective was not run")
    logits = at_least_fp32(prediction.logits)
    if prediction.labels.numel() == 0:
        return Loss(logits.sum() * 0.0)
    right = (logits.detach().argmax(-1) == prediction.labels).float().mean()
    return Loss(F.cross_entropy(logits, prediction.labels), {"accuracy": right})
