"""What was measured: files, rows, numbers, names, claims and the ledger. No torch."""
