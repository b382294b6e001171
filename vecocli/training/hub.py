"""Uploads a finished run to the Hugging Face Hub."""

import shlex
from pathlib import Path

from vecocli.errors import MissingError, UsageError, VecoError
from vecocli.training.best import BEST
from vecocli.training.launched import LOGS

LEFT_OUT = ("checkpoint-*/*", f"{BEST}/*", f"{LOGS}/*", ".*")
"""What is of the run and not of the model: checkpoints, the best of its models, what trackers wrote, locks."""


def check_upload(repository: str) -> None:
    """Make sure, before the training, that an upload can begin after it.

    Args:
        repository: `NAME` or `OWNER/NAME`.

    Raises:
        UsageError: No repository may be called so.
        MissingError: Nobody is logged in.
    """
    from huggingface_hub import get_token
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]

    try:
        validate_repo_id(repository)
    except HFValidationError as error:
        raise UsageError(f"--push-to-hub {repository}: {error}", "Give OWNER/NAME.") from None
    if get_token() is None:
        hint = "Log in with: hf auth login; or set HF_TOKEN to a token from https://huggingface.co/settings/tokens."
        raise MissingError("--push-to-hub needs a login to the Hugging Face Hub, and there is none", hint)


def upload(folder: Path, repository: str, *, private: bool) -> str:
    """Upload a model's folder, without its checkpoints; returns its address.

    Args:
        folder: The run's folder.
        repository: Made if there is none.
        private: Make it one that only its owner sees; one that is there already stays as it is.

    Raises:
        VecoError: It did not work; the folder is as good as before.
    """
    from huggingface_hub import HfApi

    try:
        api = HfApi()
        made = api.create_repo(repository, private=private, exist_ok=True)
        api.upload_folder(
            repo_id=made.repo_id,
            folder_path=folder,
            commit_message="Upload an encoder trained with veco",
            ignore_patterns=list(LEFT_OUT),
        )
    except Exception as error:  # of the network or the Hub
        reason = str(error).strip().split("\n")[0] or type(error).__name__
        left_out = [word for pattern in LEFT_OUT for word in ("--exclude", pattern)]
        flags = ["--private"] * private
        command = shlex.join(["hf", "upload", repository, str(folder), ".", *left_out, *flags])
        message = f"the run is complete in {folder}, but could not be uploaded to {repository}: {reason}"
        raise VecoError(message, f"Try again with --resume auto added, or by hand: {command}") from error
    return str(made)
