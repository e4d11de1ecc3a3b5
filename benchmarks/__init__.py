"""What the project costs: generated graphs, and ratios against peers in one run."""
