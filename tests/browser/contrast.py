"""How well text can be read: WCAG 2 contrast of what a browser really draws, opacity taken into account."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator

READABLE = 4.5
"""What WCAG asks of text of this size (AA)."""
SCRIPT = """root => {
  const parse = text => { const [r, g, b, a] = text.match(/[\\d.]+/g).map(Number); return [r, g, b, a ?? 1]; };
  const over = (top, below) => top.slice(0, 3).map((c, i) => c * top[3] + below[i] * (1 - top[3]));
  const chain = e => e ? [e, ...chain(e.parentElement)] : [];
  const light = c => { const [r, g, b] = c.map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const found = [];
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.textContent.trim(), element = texts.currentNode.parentElement;
    if (!text || !element.checkVisibility()) continue;
    const above = chain(element), style = getComputedStyle(element);
    const ground = above.map(e => parse(getComputedStyle(e).backgroundColor)).reverse()
      .reduce((below, top) => over(top, below), [255, 255, 255]);
    const opacity = above.reduce((o, e) => o * Number(getComputedStyle(e).opacity), 1);
    const colour = parse(style.color);
    const [a, b] = [light(over([...colour.slice(0, 3), colour[3] * opacity], ground)), light(ground)];
    found.push([text.slice(0, 40), (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)]);
  }
  return found;
}"""


def contrasts(place: Locator) -> dict[str, float]:
    """Each visible text of the place with the contrast of its colour to what lies behind it."""
    found: Any = place.evaluate(SCRIPT)
    return {text: round(ratio, 2) for text, ratio in found}


def too_faint(place: Locator) -> dict[str, float]:
    """The texts that are hard to read."""
    return {text: ratio for text, ratio in contrasts(place).items() if ratio < READABLE}
