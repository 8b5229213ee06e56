"""Studies behind the analysis notebooks: `python -m mpe_lib.studies.NAME`, one file each."""

"""Studies that take longer than a notebook's minute: ``python -m mpe_lib.studies.NAME``."""
