"""From a data frame to checked arrays, and the ledger of what was left out."""
