"""Collector: the door for clicks, pixels and webhooks. Nothing yet.

In:   requests from browsers and shops.
Out:  raw events, durable before the answer.
Must not: decide whether an event is believed; answer before it is safe.
"""
