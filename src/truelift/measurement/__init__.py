"""Measurement: how much was extra.

In:   readings of metrics at a known age, organic posts before launch, counts by code and link,
      control statistics and experiments, all as columns (numpy arrays over creators and posts).
Out:  sealed baselines, lift with limits that hold under continuous looking, units that add up
      (expected + units == observed), evidence grades, or the reason why there is no figure.
Must not: know money or the books; read a file or a clock; draw at random without a seed.
"""
