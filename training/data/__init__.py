"""What the recipes learn and are judged by: readers of the data folder, and what is held out of it. No model."""
