"""Pure functions of tensors that the objectives are made of."""
