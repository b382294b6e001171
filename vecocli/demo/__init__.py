"""Real data for `veco demo`, through pip alone: parallel sentences, dictionaries, a pretrained encoder."""
