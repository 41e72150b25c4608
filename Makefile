# What is not part of the tests: it takes long, or needs what they do without.

.PHONY: real-model

# Install a llama.cpp server and a small open model, and try silico on them.
real-model:
	tools/real-model/run
