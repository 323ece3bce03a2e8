"""The files of Asterisk as a surface: written, read strictly, swapped, reloaded, read back."""
