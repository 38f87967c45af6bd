"""How a form looks, beside what all widgets share (`widgets/style.py`): ipywidgets' own boxes, laid out anew."""

from __future__ import annotations

from urllib.parse import quote

from ...models.catalog import CATALOG
from .controls import Choice, controls

LONGEST, SHORTEST = 26, 5
"""Pixels of the longer side of a ratio's frame, and the fewest of the shorter one."""

FORM = """
.rf-gone{display:none!important}
.rf-form{position:relative;gap:12px;overflow:visible}
.rf-form .rf-fields{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,250px),1fr));gap:14px 20px;
overflow:visible;align-items:start}
.rf-form .rf-field{min-width:0;gap:3px;overflow:visible;width:auto}
.rf-form :is(.rf-k-text,.rf-k-ratio,.rf-k-pictures){grid-column:1/-1}
.rf-form.rf-over-form{outline:2px dashed var(--rf-focus);outline-offset:6px}
.rf-form .rf-words,.rf-form .rf-words .widget-html-content{
height:auto;margin:0;line-height:1.4;width:auto;overflow:visible}
.rf-form :is(.rf-help,.rf-problem,.rf-note){font-size:.92em;line-height:1.4;margin-top:3px;white-space:normal}
.rf-form .rf-help{color:var(--rf-quiet)}
.rf-form .rf-help:empty{display:none}
.rf-form :is(.widget-text,.widget-textarea,.widget-dropdown,.widget-radio,.widget-slider,.widget-select){
flex-direction:column;align-items:stretch;width:auto;height:auto;margin:0;overflow:visible}
.rf-form :is(.widget-inline-hbox,.widget-slider,.widget-radio)>.widget-label{
width:auto!important;max-width:none;text-align:left;font-weight:600;height:auto;line-height:1.5;color:inherit;
margin:0 0 2px}
.rf-form :is(textarea,input[type=text],select){
font:inherit;color:var(--rf-text)!important;background-color:var(--rf-page)!important;
border:1px solid var(--rf-edge)!important;
border-radius:4px;padding:5px 8px;width:100%!important;max-width:100%;height:auto;flex:none}
.rf-form textarea{min-height:84px;resize:vertical}
.rf-form [aria-invalid=true]:is(textarea,input,select){border-color:var(--rf-wrong)!important}
.rf-form .widget-checkbox{width:auto;margin:0;height:auto;overflow:visible}
.rf-form .widget-checkbox{flex-direction:column;align-items:stretch}
.rf-form .widget-checkbox .widget-label-basic{
width:auto;display:flex;align-items:center;gap:6px;font-weight:600;height:auto}
.rf-form .widget-checkbox input{margin:0;flex:none;width:16px;height:16px;accent-color:var(--rf-accent)}
"""
CHOICES = """
.rf-form .widget-radio-box{display:flex;flex:none;flex-flow:row wrap;gap:6px;margin:0!important;overflow:visible}
.rf-form .widget-radio-box label{
display:flex;align-items:center;gap:6px;width:auto;height:auto;min-height:30px;margin:0;padding:3px 10px;
line-height:1.3;border:1px solid var(--rf-edge);border-radius:4px;background:var(--rf-page);cursor:pointer;
flex-direction:row-reverse;white-space:nowrap;position:relative}
.rf-form .widget-radio-box label:hover{background:var(--rf-raised)}
.rf-form .widget-radio-box label:has(:checked){
border-color:var(--rf-text);box-shadow:inset 0 0 0 1px var(--rf-text);font-weight:600}
.rf-form .widget-radio-box label:has(:focus-visible){outline:3px solid var(--rf-focus);outline-offset:2px}
.rf-form .widget-radio-box input{margin:0;position:static;float:none;width:14px;height:14px;line-height:1;
accent-color:var(--rf-accent)}
.rf-form .widget-radio-box input:focus-visible{outline:none!important}
.rf-form .rf-k-ratio .widget-radio-box label{flex-direction:column-reverse;justify-content:space-between;gap:3px;
min-width:50px;min-height:58px;padding:6px 8px 3px}
.rf-form .rf-k-ratio input{appearance:none;margin:auto;border:2px dashed currentColor;border-radius:2px;
width:20px;height:20px;background:none}
.rf-form .rf-k-ratio input:checked{background:currentColor}
@media (forced-colors:active){.rf-form .widget-radio-box label:has(:checked){outline:3px solid Highlight}}
"""
SLIDER = """
.rf-form .widget-slider{display:grid;grid-template-columns:1fr auto;gap:0 14px;align-items:center}
.rf-form .widget-slider>:is(.widget-label,.rf-help,.rf-problem,.rf-note){grid-column:1/-1}
.rf-form .widget-slider .slider-container{margin:4px 8px;height:24px;min-width:80px;overflow:visible;
display:flex;flex-direction:column;justify-content:center}
.rf-form .widget-slider .widget-readout{width:auto;min-width:24px;text-align:left;color:inherit;margin:0;height:auto;
line-height:24px;overflow:visible}
.rf-form .widget-slider .noUi-target,.rf-form .widget-slider .ui-slider{
background:var(--rf-raised);border:1px solid var(--rf-edge)}
.rf-form .widget-slider .noUi-connect{background:var(--rf-edge)}
.rf-form .widget-slider :is(.noUi-handle,.ui-slider-handle){background:var(--rf-page);border:2px solid var(--rf-text)}
"""
PICTURES = """
.rf-form .rf-k-pictures{align-items:end;row-gap:10px}
.rf-form .rf-k-pictures>.rf-wide,.rf-form .rf-k-pictures>:has(.rf-drop),.rf-form .rf-k-pictures>.rf-help,
.rf-form .rf-k-pictures>.rf-problem{flex:1 1 100%}
.rf-form .rf-k-pictures>.rf-help,.rf-form .rf-k-pictures>.rf-problem{margin-top:0}
.rf-form :is(.rf-k-pictures>.rf-button,.rf-fold-button){width:auto;height:auto;margin:0;flex:none}
.rf-form .rf-more-models{width:auto;height:auto;margin:0;justify-self:start;align-self:start;box-shadow:none}
@container (min-width:560px){.rf-form .rf-more-models{margin-top:22px}}
.rf-form>.rf-fold-button{align-self:start;box-shadow:none}
.rf-form>.rf-fold-button::before{content:"▸" / "";display:inline-block;width:1.2em}
.rf-form>.rf-fold-button.mod-active::before{content:"▾" / ""}
.rf-form .rf-drop{cursor:pointer;width:100%}
.rf-form .rf-drop input{font:inherit;color:inherit;max-width:100%}
.rf-form .rf-strip{align-items:start;gap:6px;margin:6px 0}
.rf-form .rf-small{width:64px;height:64px;overflow:hidden;display:grid;place-items:center;text-align:center;
font-size:.8em;line-height:1.2;border-radius:4px;background:var(--rf-raised)}
.rf-form .rf-strip>div{text-align:center;font-size:.9em;font-variant-numeric:tabular-nums}
.rf .rf-pick{padding:2px}
.rf-form .widget-select select{min-height:60px}
.rf-form :is(.widget-dropdown select,input[type=text]){height:32px}
.rf-form .widget-dropdown select{padding-block:0;appearance:auto;background-image:none}
.rf-form .rf-drop ::file-selector-button{font:inherit;padding:4px 12px;border:1px solid var(--rf-edge);
border-radius:4px;
background:var(--rf-page);color:var(--rf-text);cursor:pointer;margin:0 8px 0 0}
.rf-form .rf-drop ::file-selector-button:hover{background:var(--rf-raised)}
"""


def frame_size(frame: tuple[int, int]) -> tuple[int, int]:
    """Width and height in pixels of the frame that is drawn for a ratio."""
    longest = max(frame)
    width, height = (max(SHORTEST, round(LONGEST * side / longest)) for side in frame)
    return width, height


def look() -> str:
    """The sheet, without its `<style>`."""
    offered = {choice for spec in CATALOG.values() for control in controls(spec) for choice in control.choices}
    frames = sorted(_frame(choice) for choice in offered if choice.frame is not None)
    return "".join((FORM, CHOICES, SLIDER, PICTURES, *frames)).strip()


def _frame(choice: Choice) -> str:
    assert choice.frame is not None
    width, height = frame_size(choice.frame)
    # ipywidgets gives each radio its label as a data-value, encoded as a browser does.
    value = quote(choice.text, safe="!'()*-._~")
    return f'.rf-form .rf-k-ratio input[data-value="{value}"]{{width:{width}px;height:{height}px;border-style:solid}}\n'
