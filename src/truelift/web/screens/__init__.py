"""Screens: what each page shows, put together from tables, charts and the frame.

In:   a desk, what a request asks for, and whether the page or a twin is wanted.
Out:  responses. Each page has a twin as CSV and JSON at the same query; a twin has all rows, a page
      a part of them. `SCREENS` of each module says which paths it answers.
"""
