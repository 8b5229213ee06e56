"""Studies that take longer than a notebook, one file each: python -m mpe_lib.studies.NAME."""
