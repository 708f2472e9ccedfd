"""Charts as Vega-Lite specifications: plain dictionaries that a page, a PDF and a notebook draw.

In:   rows of reports, as their JSON has them.
Out:  Drawing: a specification with its data inside, and the same figures as a table. What is
      withheld is left out and named, never drawn as 0.
"""
