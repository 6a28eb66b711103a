"""The pages of `docs/formats`: what each format declares, in plain words, with an example."""
