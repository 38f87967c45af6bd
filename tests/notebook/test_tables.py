"""Tables, as text and as HTML."""

from __future__ import annotations

from runflow_nb.notebook.views.tables import Table


def test_text_and_html_have_the_same_cells() -> None:
    """Columns are aligned in text, escaped in HTML, and short of nothing."""
    table = Table(("name", "USD"), (("a <fox>", "$1"), ("b", "$10.50")), frozenset({"USD"}), remark="2 rows")
    assert table.text() == "name        USD\na <fox>      $1\nb        $10.50\n2 rows"
    page = table.html()
    assert "a &lt;fox&gt;" in page
    assert page.count("<tr") == 3
    assert "2 rows" in page
