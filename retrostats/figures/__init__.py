"""Figures for papers; the only place that imports matplotlib and seaborn."""
