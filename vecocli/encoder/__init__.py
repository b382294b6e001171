"""The shared core: words -> tensors -> vectors."""
