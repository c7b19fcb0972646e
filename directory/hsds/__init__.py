"""The directory as HSDS 3.2 has it: Open Referral's standard for the data of human services."""
