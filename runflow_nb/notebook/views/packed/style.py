"""How the page of a pack looks. Light or dark is the reader's own choice: all colours are those of the browser."""

from __future__ import annotations

STYLE = """\
html{color-scheme:light dark;background:Canvas;color:CanvasText;font:15px/1.6 system-ui,sans-serif;
-webkit-text-size-adjust:100%}
body{margin:0}
main{max-width:820px;margin:0 auto;padding:32px 20px 72px}
h1,h2,h3,h4,h5,h6{line-height:1.3;margin:1.5em 0 .5em;overflow-wrap:anywhere}
h1{font-size:15px;margin:0}
h2{font-size:24px}h3{font-size:19px}h4{font-size:16px}h5,h6{font-size:15px}
header{margin:0 0 28px;padding:0 0 12px;border-bottom:1px solid color-mix(in srgb,CanvasText 15%,Canvas)}
.quiet{opacity:.7;font-size:13px}
.text{overflow-wrap:anywhere;margin:20px 0}
.text>:first-child{margin-top:0}.text>:last-child{margin-bottom:0}
.raw{white-space:pre-wrap}
pre,code{font:13px/1.55 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
pre{margin:8px 0;padding:8px 12px;white-space:pre-wrap;overflow-wrap:anywhere;tab-size:4}
.code,.text pre{background:color-mix(in srgb,CanvasText 6%,Canvas);border-radius:6px}
.code{margin-top:24px}
.text :not(pre)>code{background:color-mix(in srgb,CanvasText 8%,Canvas);border-radius:4px;padding:1px 4px}
.table{white-space:pre;overflow-x:auto;overflow-wrap:normal;font-size:12px}
.tall{max-height:420px;overflow:auto;border:1px solid color-mix(in srgb,CanvasText 15%,Canvas);border-radius:6px}
.error{padding-left:9px;border-left:3px solid currentColor}
.cut{display:block;margin:8px 0;font-family:system-ui,sans-serif;opacity:.7}
.note{margin:8px 0;padding:0 12px}
.wide{overflow-x:auto;overflow-wrap:normal;margin:12px 0}
table{border-collapse:collapse}
.wide th,.wide td{padding:4px 12px 4px 0;text-align:left;vertical-align:top;
border-bottom:1px solid color-mix(in srgb,CanvasText 15%,Canvas)}
.wide :is(th,td)[style*="right"]{text-align:right}.wide :is(th,td)[style*="center"]{text-align:center}
blockquote{margin:12px 0;padding:0 0 0 14px;border-left:3px solid color-mix(in srgb,CanvasText 25%,Canvas)}
ul,ol{padding-left:26px}
hr{border:0;border-top:1px solid color-mix(in srgb,CanvasText 20%,Canvas);margin:24px 0}
img{max-width:100%;height:auto}
figure{margin:12px 0 32px}
figure>a{display:inline-block;vertical-align:top}
.picture{display:block;border-radius:6px;margin:0 0 6px}
.made{display:block;margin:8px 12px;max-width:calc(100% - 24px);color-scheme:light;background:Canvas}
.shown{padding:0 12px}.shown .text{margin:8px 0}
.from{display:flex;flex-wrap:wrap;align-items:center;gap:6px 12px;margin:8px 0 0;font-size:13px}
.from a{display:inline-flex;align-items:center;gap:8px;overflow-wrap:anywhere}
.from img{display:block;height:64px;width:auto;max-width:160px;object-fit:contain;border-radius:4px}
.files{margin:0 0 6px;font-size:14px;overflow-wrap:anywhere}
:focus-visible{outline:2px solid currentColor;outline-offset:2px;border-radius:4px}
@media print{main{max-width:none;padding:0}.tall{max-height:none}.table{white-space:pre-wrap}figure{break-inside:avoid}}
"""
