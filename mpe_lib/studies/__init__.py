"""Studies behind the analysis notebooks: `python -m mpe_lib.studies.NAME`, one file each."""
