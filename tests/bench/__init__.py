"""`make bench`: how quick and how cheap the product is on this machine, served as it is in production.

Prints a table and writes build/bench.json. There is nothing to pass: figures are for comparing, best with others of
the same machine on the same day, so the load average stands beside them.
"""
