"""The sandbox's painter: pictures from words, numbers and other pictures, with Pillow alone."""
