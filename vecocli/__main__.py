"""`python -m vecocli`: the same as `veco`, for launchers such as torchrun."""

from vecocli.app import main

main()
