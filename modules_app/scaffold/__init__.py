"""Writing a module to begin with: templates, one folder for each thing a module can do."""
