"""How good the model is, on texts that it never saw, with the uncertainty of every figure."""
