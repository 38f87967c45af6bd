"""What a cell shows, and when: the door to IPython's display."""
