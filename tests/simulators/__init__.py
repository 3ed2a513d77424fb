"""Zoom, Google and Microsoft on loopback: whole servers over real HTTP, written to what the real ones are known to do.

They know nothing of the product, and the product knows nothing of them: it is told their addresses by its settings.
"""
