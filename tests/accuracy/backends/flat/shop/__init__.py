"""A repair shop for bicycles: customers, their bikes, tickets, parts."""
