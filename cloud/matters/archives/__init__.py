"""The archives of marriages and divorces (婚姻档案)."""
