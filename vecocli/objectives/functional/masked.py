"""The loss of masked predictions, shared by MLM and TLM."""

from vecocli.encoder.encoded import Prediction
from vecocli.objectives import Loss, Mean


def prediction_loss(prediction: Prediction | None) -> Loss:
    """Cross-entropy summed over the masked positions, and the share that was predicted right.

    Raises:
        ValueError: The pass was not run.
    """
    if prediction is None:
        raise ValueError("the forward pass of this objective was not run")
    accuracy = Mean(prediction.right, prediction.count)
    return Loss(Mean(prediction.total, prediction.count), {"accuracy": accuracy})
