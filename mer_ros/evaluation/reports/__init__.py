"""Reports as tables, plots, pages and in the terminal."""
