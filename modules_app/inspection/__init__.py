"""What a package is and would do, found by reading its files and never by running them."""
