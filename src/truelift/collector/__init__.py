"""Collector: the door for clicks, pages, servers and shops. One plain ASGI callable.

In:   requests from browsers and shops; what it answers from, and where hits are kept, handed in.
Out:  raw hits, durable before the answer; answers.
Must not: decide whether an event is believed; answer before it is safe (a redirect alone does not
      keep a visitor waiting: it is answered after 250 ms, and what that cost is counted).
"""
