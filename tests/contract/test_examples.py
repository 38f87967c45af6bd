"""The pages' examples, verbatim but for host and key."""

from __future__ import annotations

import io

import httpx
import pytest
from PIL import Image

from tests.contract.marked import marked
from tests.contract.pages import LANGUAGES, PAGES, ModelPage
from tests.contract.planned import HOOK
from tests.contract.service import Service

EXAMPLES = [
    marked("server", f"{page.name}/example/{language}", page, language) for page in PAGES for language in LANGUAGES
]


@pytest.mark.parametrize(("page", "language"), EXAMPLES)
def test_an_example_makes_a_run(service: Service, page: ModelPage, language: str) -> None:
    (exchange,) = service.sent(f"example for {language}", page)
    assert 200 <= exchange.status < 300, exchange.answer
    told = service.example_told(page, language)
    assert told["status_code"] == "succeeded"
    assert told["input"]["prompt"] == exchange.body["input"]["prompt"]
    assert told["callback_url"] == HOOK
    (output,) = told["output"]["outputs"]
    with Image.open(io.BytesIO(httpx.get(output["url"], trust_env=False).content)) as picture:
        assert picture.format == "PNG"
