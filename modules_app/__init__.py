"""PBX Admin's module manager: packages, lifecycle, hooks and the pages around them."""
