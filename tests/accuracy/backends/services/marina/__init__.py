"""A marina: skippers book berths for their boats, and the harbour office keeps the ledger."""
