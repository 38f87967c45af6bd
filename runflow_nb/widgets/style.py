"""How all widgets look: one sheet, in Jupyter's own colours, so that it is light and dark as the page is.

`rf` is the box that everything stands in; it takes the width that it is given, from 360 to 1600 px. Inside:

layout   `rf-row` (wraps), `rf-column`, `rf-grid` (as many columns as fit), `rf-grow`, `rf-fold`, `rf-card`,
         `rf-board` (what stands one below the other, further apart)
words    `rf-title`, `rf-label`, `rf-quiet`, `rf-note`, `rf-problem`, `rf-status`, `rf-hidden` (for screen readers only)
controls `rf-button`, `rf-primary`, `rf-choice` (pressed or not), `rf-input`, `rf-range`, `rf-chip`, `rf-drop`
pictures `rf-picture`, `rf-thumbnail`, `rf-selected`, `rf-stars`, `rf-compare` with `rf-over` and `rf-edge`
states   `rf-live`: this is alive, so that the output of class `rf-static` before it is hidden (see live.py)
"""

from __future__ import annotations

NARROW = 560
"""Pixels below which what stands side by side stands one below the other."""

# Jupyter's variables are there in Lab, Notebook 7 and Voila; elsewhere the system's own colours stand in. Quiet words
# are the text's colour thinned: the theme's own secondary colours are too pale to be read in some themes.
COLOURS = """
.rf{
--rf-text:var(--jp-ui-font-color0,CanvasText);
--rf-quiet:color-mix(in srgb,var(--rf-text) 72%,var(--rf-page));
--rf-page:var(--jp-layout-color1,Canvas);
--rf-raised:var(--jp-layout-color2,color-mix(in srgb,CanvasText 6%,Canvas));
--rf-line:color-mix(in srgb,var(--rf-text) 22%,var(--rf-page));
--rf-edge:color-mix(in srgb,var(--rf-text) 55%,var(--rf-page));
--rf-accent:color-mix(in srgb,var(--jp-brand-color1,#1976d2) 72%,black);
--rf-focus:var(--jp-brand-color1,Highlight);
--rf-wrong:color-mix(in srgb,var(--jp-error-color1,#d32f2f) 62%,var(--rf-text));
color:var(--rf-text);
font-family:var(--jp-ui-font-family,system-ui,sans-serif);
font-size:var(--jp-ui-font-size1,13px);
line-height:1.45;
box-sizing:border-box;
width:100%;
max-width:1600px;
padding:4px;
container-type:inline-size;
}
.rf .rf{padding:0}
.rf *,.rf *::before,.rf *::after{box-sizing:border-box}
"""
LAYOUT = f"""
.rf-row{{display:flex;flex-wrap:wrap;align-items:center;gap:8px}}
.rf-column{{display:flex;flex-direction:column;gap:8px;min-width:0}}
.rf-grid{{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(200px,45%),1fr));gap:12px}}
.rf-board{{gap:12px}}
.rf-grow{{flex:1 1 160px;min-width:0}}
.rf-fold>summary{{cursor:pointer;padding:4px 0}}
.rf-card{{background:var(--rf-raised);border:1px solid var(--rf-line);border-radius:6px;padding:10px;min-width:0}}
.rf-scroll{{overflow-x:auto;min-width:0}}
.rf-apart{{justify-content:space-between}}
.rf [hidden]{{display:none!important}}
@container (max-width:{NARROW}px){{.rf-side{{grid-template-columns:1fr!important}}}}
.jp-OutputArea-child:has(.rf-static):has(+.jp-OutputArea-child .rf-live){{display:none}}
"""
WORDS = """
.rf-title{font-size:1.1em;font-weight:600}
.rf-label{font-weight:600}
.rf-quiet{color:var(--rf-quiet)}
.rf-note{border-left:3px solid var(--rf-edge);padding-left:8px}
.rf-problem{border-left:3px solid var(--rf-wrong);padding-left:8px;color:var(--rf-wrong);overflow-wrap:anywhere}
.rf-problem:empty,.rf-note:empty,.rf-status:empty{display:none}
.rf-status{font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.rf-hidden{position:absolute;width:1px;height:1px;margin:-1px;padding:0;border:0;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
"""
BUTTONS = """
.rf .rf-button,.rf .rf-choice{
min-height:32px;padding:4px 12px;border:1px solid var(--rf-edge);border-radius:4px;
background:var(--rf-page);color:var(--rf-text);font:inherit;line-height:1.3;cursor:pointer}
.rf .rf-button:hover:not(:disabled),.rf .rf-choice:hover:not(:disabled){background:var(--rf-raised)}
.rf .rf-primary{background:var(--rf-accent);border-color:var(--rf-accent);color:#fff;font-weight:600}
.rf .rf-primary:hover:not(:disabled){background:color-mix(in srgb,var(--rf-accent) 85%,black)}
.rf .rf-choice[aria-pressed=true],.rf .rf-choice[aria-checked=true],.rf .rf-choice.mod-active{
border-color:var(--rf-text);box-shadow:inset 0 0 0 1px var(--rf-text);font-weight:600}
.rf .rf-button:disabled,.rf .rf-choice:disabled{
background:var(--rf-raised);border-color:var(--rf-line);color:var(--rf-quiet);cursor:not-allowed;opacity:1}
.rf .rf-chip{border:1px solid var(--rf-line);border-radius:12px;padding:1px 9px;overflow-wrap:anywhere}
"""
INPUTS = """
.rf .rf-input{
min-height:32px;padding:4px 8px;border:1px solid var(--rf-edge);border-radius:4px;
background:var(--rf-page);color:var(--rf-text);font:inherit;max-width:100%;min-width:0}
.rf .rf-input[aria-invalid=true]{border-color:var(--rf-wrong)}
.rf .rf-range{width:100%;min-height:24px;accent-color:var(--rf-focus);margin:0;cursor:pointer}
.rf .rf-drop{border:1px dashed var(--rf-edge);border-radius:6px;padding:10px}
"""
PICTURES = """
.rf .rf-picture{display:block;width:100%;height:100%;object-fit:contain;border-radius:4px;margin:0}
.rf .rf-thumbnail{display:block;width:100%;aspect-ratio:1;object-fit:cover;border-radius:4px;
background:var(--rf-raised);margin:0}
.rf :is(.rf-thumbnail,.rf-compare>*,.rf-side>*>*):has(>.rf-absent){
display:grid;place-items:center;text-align:center;min-height:120px;padding:8px;border:1px dashed var(--rf-edge);
border-radius:4px;overflow-wrap:anywhere}
.rf .rf-selected{outline:3px solid var(--rf-focus);outline-offset:1px}
.rf .rf-stars{letter-spacing:1px;white-space:nowrap}
.rf-compare{position:relative;display:grid;overflow:hidden;border-radius:4px;background:var(--rf-raised);touch-action:pan-y;
cursor:ew-resize;user-select:none;aspect-ratio:var(--rf-ratio,1)}
.rf-framed{max-width:min(768px,calc(75vh*var(--rf-ratio,1)))}
.rf-figure{margin:0;display:flex;flex-direction:column;gap:4px;min-width:0}
.rf-compare>*{grid-area:1/1;min-width:0;min-height:0}
.rf-compare .rf-over{clip-path:inset(0 calc(100% - var(--rf-at,50%)) 0 0)}
.rf-compare .rf-edge{
justify-self:start;width:2px;margin-left:calc(var(--rf-at,50%) - 1px);background:#fff;
box-shadow:0 0 0 1px #000;pointer-events:none}
.rf-side{display:grid;grid-template-columns:1fr 1fr;gap:8px}
"""
FOCUS = """
.rf :is(button,input,select,textarea,summary,a,[tabindex]):focus-visible{
outline:3px solid var(--rf-focus)!important;outline-offset:2px!important;box-shadow:none}
.rf-compare:focus-within{outline:3px solid var(--rf-focus);outline-offset:2px}
"""
MOTION = """
@media (prefers-reduced-motion:no-preference){.rf .rf-button,.rf .rf-choice{transition:background-color .12s}}
@media (prefers-reduced-motion:reduce){.rf *{
animation:none!important;transition:none!important;scroll-behavior:auto!important}}
@media (forced-colors:active){.rf .rf-selected,.rf .rf-choice[aria-pressed=true]{outline:3px solid Highlight}}
"""
# ipywidgets marks each box of its own where the kernel is gone; said once, in words, it can be read.
GONE = """
.jupyter-widgets-disconnected:is(.rf,.rf *,:has(.rf))::before{display:none!important}
.rf.rf-form.jupyter-widgets-disconnected::before{
content:"The kernel was restarted: run the cell again.";display:block!important;font:inherit!important;
color:var(--rf-wrong)!important;border-left:3px solid var(--rf-wrong);padding:0 0 0 8px!important}
"""


def style() -> str:
    """The sheet, without its `<style>`. Where it stands more than once in a page it says the same."""
    return "".join((COLOURS, LAYOUT, WORDS, BUTTONS, INPUTS, PICTURES, FOCUS, MOTION, GONE)).strip()
