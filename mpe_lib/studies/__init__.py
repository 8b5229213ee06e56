"""Studies that take longer than a notebook's minute: ``python -m mpe_lib.studies.NAME``."""
