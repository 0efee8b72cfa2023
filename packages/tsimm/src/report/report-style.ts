/** Style sheet of a report. */

/** Light and dark, from phones to wide screens, on paper. */
export const REPORT_STYLE: string = `
:root{color-scheme:light dark;--page:#f4f5f7;--card:#fff;--ink:#1f2937;--soft:#5b6472;--line:#e2e5ea;--grid:#e5e7eb;--rule:#9ca3af;--accent:#0072b2;--wrong:#b94a00;--s0:#0072b2;--s1:#d55e00;--s2:#009e73;--s3:#cc79a7;--s4:#e69f00;--s5:#56b4e9;--code:#eef0f3}
@media (prefers-color-scheme:dark){:root{--page:#0e1116;--card:#171b22;--ink:#e3e7ed;--soft:#9aa4b2;--line:#2a303a;--grid:#2a303a;--rule:#566070;--accent:#5db7f0;--wrong:#ff9a5a;--s0:#4aa9e8;--s1:#ff8a3d;--s2:#2fc79b;--s3:#e29cc3;--s4:#f2b632;--s5:#7fcdf7;--code:#20262f}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.55 Inter,system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:1120px;margin:0 auto;padding:32px 20px 56px}
h1{font-size:28px;line-height:1.2;margin:2px 0 6px;overflow-wrap:anywhere}
h2{font-size:19px;margin:0 0 4px}
h3{font-size:15px;margin:22px 0 6px}
p{margin:0 0 10px}
a{color:var(--accent)}
.over{color:var(--soft);font-size:13px;letter-spacing:.04em;text-transform:uppercase;margin:0}
.soft{color:var(--soft)}
.lead{font-size:17px;max-width:70ch;overflow-wrap:anywhere}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:20px 22px;margin:18px 0 0;min-width:0}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:18px 0 0;padding:0;list-style:none}
.tiles li{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:14px 16px}
.tiles b{display:block;font-size:25px;line-height:1.25;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.tiles span{color:var(--soft);font-size:13px}
.tiles .main b{color:var(--accent)}
.figure{overflow-x:auto;margin:12px -6px 0;padding:0 6px}
.figure svg{display:block;max-width:none;height:auto}
.written{--s0:#0072b2;--s1:#d55e00}
.scroll{overflow-x:auto;margin:10px 0 0}
table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:6px 10px 6px 0;border-bottom:1px solid var(--line);vertical-align:top}
th{font-weight:600;color:var(--soft);white-space:nowrap}
td.number,th.number{text-align:right;white-space:nowrap}
td.name,td.value{overflow-wrap:anywhere;min-width:7em}
tr:last-child td{border-bottom:0}
.pairs td:first-child,.pairs th{width:1%;padding-right:22px;white-space:nowrap}
.links a{display:inline-block;margin-right:10px;white-space:nowrap}
.narrow{max-width:680px}
.beside{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:0 18px;align-items:start}
.bar{display:block;min-width:90px;height:8px;margin-top:7px;border-radius:4px;background:var(--code);overflow:hidden}
.bar i{display:block;height:100%;background:var(--s0)}
.mistakes{display:grid;grid-template-columns:repeat(auto-fill,minmax(132px,1fr));gap:16px 14px;margin:14px 0 0;padding:0;list-style:none}
.mistakes li{min-width:0;break-inside:avoid;font-size:13px;line-height:1.4}
.mistakes img,.mistakes .none{display:block;width:100%;aspect-ratio:1;object-fit:contain;background:var(--code);border-radius:8px;margin:0 0 6px}
.mistakes .none{display:grid;place-items:center;color:var(--soft)}
.mistakes b,.mistakes small{display:block;overflow-wrap:anywhere}
.mistakes b{font-weight:600}
.mistakes .said{color:var(--wrong)}
.mistakes small{color:var(--soft)}
pre{background:var(--code);border-radius:8px;padding:12px 14px;margin:8px 0 14px;overflow-x:auto;font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
code{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--code);border-radius:4px;padding:1px 4px;overflow-wrap:anywhere}
td code{background:none;padding:0}
details{margin:12px 0 0}
summary{cursor:pointer;color:var(--accent)}
summary:focus-visible,a:focus-visible,.figure:focus-visible,.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:4px}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,380px),1fr));gap:0 32px}
.columns>div{min-width:0}
footer{color:var(--soft);font-size:13px;margin:22px 2px 0}
@media (max-width:520px){main{padding:20px 12px 40px}section{padding:16px 14px;border-radius:10px}h1{font-size:23px}.mistakes{grid-template-columns:repeat(auto-fill,minmax(104px,1fr))}.tiles{grid-template-columns:1fr 1fr}.tiles b{font-size:21px}}
@media print{:root{color-scheme:light;--page:#fff;--card:#fff;--ink:#1f2937;--soft:#5b6472;--line:#d5d9df;--grid:#e5e7eb;--rule:#9ca3af;--accent:#0072b2;--wrong:#b94a00;--s0:#0072b2;--s1:#d55e00;--s2:#009e73;--s3:#cc79a7;--s4:#e69f00;--s5:#56b4e9;--code:#f1f3f5}main{max-width:none;padding:0}section{break-inside:avoid-page;border-color:#d5d9df}.figure,.scroll{overflow:visible}.figure svg{width:100%!important;min-width:0!important}body{font-size:12px}}
`.trim();
