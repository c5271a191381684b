"""The frame of the emulator's own pages: one file each, no script, nothing loaded from elsewhere."""

from __future__ import annotations

from html import escape

TURNS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), "\ufffd")
"""Characters that turn the direction of the text after them, beyond the name or value they stand in."""

STYLE = """
:root{--ink:#213343;--soft:#516f90;--line:#cbd6e2;--paper:#fff;--ground:#f5f8fa;--accent:#d9480f;--on:#fff;
--ok:#0b7a53;--bad:#b3261e;color-scheme:light dark}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9fb3c8;--line:#33475b;--paper:#17222d;
--ground:#0f1720;--accent:#ff8a5c;--on:#1b0d06;--ok:#4fd1a1;--bad:#ff8a80}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);
font:16px/1.55 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:var(--wide,34rem);margin:clamp(1rem,5vh,3rem) auto;padding:0 1rem}
.card{background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:1.75rem;
margin-bottom:1.25rem}
h1{font-size:1.4rem;line-height:1.3;margin:0 0 .5rem}
h2{font-size:1rem;margin:1.5rem 0 .5rem}
h2:first-child{margin-top:0}
h3{font-size:.9rem;margin:1rem 0 .25rem}
meter{width:100%;height:.6rem}
p{margin:.5rem 0}
.soft{color:var(--soft);font-size:.9rem}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.86em;overflow-wrap:anywhere}
pre{background:var(--ground);border:1px solid var(--line);border-radius:6px;padding:.75rem;overflow-x:auto;
margin:.4rem 0}
ul{list-style:none;margin:0;padding:0}
li{padding:.45rem 0;border-top:1px solid var(--line)}
fieldset{border:1px solid var(--line);border-radius:6px;margin:1.25rem 0 0;padding:.25rem 1rem}
legend{padding:0 .4rem;font-weight:600}
fieldset li:first-child{border-top:0}
li code{display:block;color:var(--soft)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1.25rem;margin:1rem 0 0}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;padding:.35rem .75rem .35rem 0;border-top:1px solid var(--line);vertical-align:top}
th{color:var(--soft);font-weight:500;border-top:0}
.n{text-align:right;font-variant-numeric:tabular-nums}
a{color:var(--accent)}a:focus-visible,summary:focus-visible{outline:2px solid var(--soft)}
summary{cursor:pointer;color:var(--soft)}td{overflow-wrap:anywhere;min-width:4rem}.k{white-space:nowrap}td.wide{min-width:11rem}
nav.soft{margin-bottom:.75rem}
.jumps{display:flex;flex-wrap:wrap;gap:.35rem 1.25rem;margin-top:1rem;padding-top:1rem;
border-top:1px solid var(--line)}
td,dd,h1,h2,h3,li,code,a{unicode-bidi:isolate}
form.find{display:flex;gap:.5rem;flex-wrap:wrap;margin:.75rem 0}
input[type=search]{font:inherit;padding:.45rem .7rem;border:1px solid var(--line);border-radius:6px;
flex:1 1 12rem;background:var(--ground);color:var(--ink)}
form.find button{padding:.45rem 1rem}
:target{scroll-margin-top:1rem}
.scroll:focus-visible,pre:focus-visible,input:focus-visible{outline:2px solid var(--soft);outline-offset:2px}
details pre{max-width:60rem;white-space:pre-wrap}
.scroll{overflow-x:auto}.ok{color:var(--ok)}.bad{color:var(--bad)}
.buttons{display:flex;gap:.75rem;flex-wrap:wrap;margin-top:1.5rem}
button{font:inherit;font-weight:600;padding:.6rem 1.4rem;border-radius:6px;border:1px solid var(--accent);
cursor:pointer}
button.yes{background:var(--accent);color:var(--on)}
button.no{background:transparent;color:var(--ink);border-color:var(--line)}
button:focus-visible{outline:3px solid var(--soft);outline-offset:2px}
"""


def frame(title: str, body: str, *, wide: bool = False) -> str:
    """A whole page around `body`, which is HTML already. No name in it turns the text around it."""
    width = ' style="--wide:62rem"' if wide else ""
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><main{width}>{body}</main></body></html>"
    )
    return page.translate(TURNS)
