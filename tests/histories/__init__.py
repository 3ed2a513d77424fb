"""Histories: people at agendas over the real wire, everything that can happen to their lines, and no word lost.

The tabs are the page's own modules in Node (`tabs.mjs`), `proxy.py` breaks their lines, `machine.py` tells it all.
"""
