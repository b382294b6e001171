"""The encoder's part in mining, as configured."""

from vecocli.config.mining import MineConfig
from vecocli.encoder.devices import choose_precision
from vecocli.encoder.encoder import Encoder
from vecocli.mining.aligner import Aligner, AlignerSettings
from vecocli.mining.calibration import DEFAULT, Calibration
from vecocli.mining.joint import Aligning
from vecocli.mining.reference import SIMALIGN, SimalignAligner
from vecocli.mining.similarity import EncoderScorer


def aligner_of(config: MineConfig, encoder: Encoder | None) -> Aligning:
    """Make the aligner of a run.

    Args:
        config: The run's settings.
        encoder: The encoder; None for `simalign`, which loads it by itself.
    """
    method = config.aligner or "argmax"
    calibration = Calibration(DEFAULT) if config.calibration is None else Calibration.read(config.calibration)
    facts = {name: getattr(config, name) for name in ("model", "unit", "bonus", "distortion", "on_long", "max_length")}
    facts |= {"aligner": method, "calibration": calibration.weights.get(method)}
    if encoder is None:
        reference = SimalignAligner(str(config.model), config.layer, config.unit, config.distortion)
        return Aligning(reference, SIMALIGN, calibration, facts | {"layer": reference.layer})
    layer = encoder.aligning_layer if config.layer is None else encoder.layer(config.layer)
    precision = choose_precision(config.precision, encoder.device)
    settings = AlignerSettings(
        (method,),
        (layer,),
        unit=config.unit,
        distortion=config.distortion,
        bonus=config.bonus,
        on_long=config.on_long,
        max_length=config.max_length,
        precision=precision,
        tokens_per_batch=config.tokens_per_batch,
    )
    facts |= {"layer": layer, "precision": precision, "weights": encoder.fingerprint(layer)}
    return Aligning(Aligner(encoder, settings), method, calibration, facts)


def scorer_of(config: MineConfig, encoder: Encoder) -> EncoderScorer:
    """Make what chooses among the places of a dictionary."""
    layer = encoder.aligning_layer if config.layer is None else encoder.layer(config.layer)
    return EncoderScorer(encoder, layer, f"{config.model}, layer {layer}, weights {encoder.fingerprint(layer)}")
