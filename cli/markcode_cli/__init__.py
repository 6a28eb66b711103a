"""The command line of markcode: thin commands over the library, one module per command."""
