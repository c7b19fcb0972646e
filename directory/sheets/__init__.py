"""The directory as spreadsheets: written for people without technical training, and read back however they save it."""
