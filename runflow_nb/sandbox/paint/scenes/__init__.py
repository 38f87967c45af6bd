"""Families of scenes. Each is `paint(canvas, palette, dice)` and works in every proportion."""
