"""ipywidgets over the same engine and specs: studio, gallery, compare. Nothing is bought but on a button."""
