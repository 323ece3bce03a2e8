"""Readers of module.json and module.xml: bytes in, one Manifest and every fault out."""
