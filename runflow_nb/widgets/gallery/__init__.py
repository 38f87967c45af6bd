"""The runs of a history as thumbnails: to look through, search, rate, tag, compare, save and take up again."""
