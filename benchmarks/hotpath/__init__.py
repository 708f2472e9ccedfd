"""The hot path beside nginx doing the same job: wrk, one core each, CPU per request from /proc.

`python -m benchmarks hotpath`; protocol and peers in docs/hotpath.md.
"""
