"""What is measured: Groundwire, the plain chain it is compared with, and other people's systems.

Each gives the same `Response`, so that one judge scores them all.
"""
