"""Hidden states of chosen layers, without running the layers above them."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from threading import local
from typing import Any

from torch import Tensor, nn

Read = Callable[[Callable[[], object]], dict[int, Tensor]]


class _ReachedError(Exception):
    """The highest layer that was asked for has its input: nothing above it need run."""


def stacks(model: nn.Module, depth: int) -> list[nn.ModuleList]:
    """Return the module lists of a model that may be its stack of layers: those with one module a layer."""
    return [module for module in model.modules() if isinstance(module, nn.ModuleList) and len(module) == depth]


@contextmanager
def reading(stack: nn.ModuleList, layers: Iterable[int], *, stop: bool) -> Iterator[Read]:
    """Collect what flows into some layers of a stack.

    The hidden states of layer k, counted from the embeddings as 0, are the input of module k. The last layer's are
    nobody's input and cannot be read so.

    Args:
        stack: The model's layers.
        layers: Layer numbers, each in [0, len(stack)).
        stop: End a run of the model, quietly, once the highest of them is read.

    Yields:
        A function that takes what runs the model and returns layer number -> [B, S, H]; any number of threads may
        call it at once.
    """
    wanted = sorted(set(layers))
    own = local()

    def read(run: Callable[[], object]) -> dict[int, Tensor]:
        own.found = {}
        with suppress(_ReachedError):
            run()
        found: dict[int, Tensor] = own.found
        return found

    with ExitStack() as hooks:
        for layer in wanted:

            def collect(_: nn.Module, given: tuple[Any, ...], named: dict[str, Any], layer: int = layer) -> None:
                own.found[layer] = given[0] if given else named["hidden_states"]
                if stop and layer == wanted[-1]:
                    raise _ReachedError

            hook = stack[layer].register_forward_pre_hook(collect, with_kwargs=True)
            hooks.callback(hook.remove)
        yield read
