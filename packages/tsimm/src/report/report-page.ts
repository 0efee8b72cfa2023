/** The page around a report. */
import { markup } from "../text/markup.ts";
import { REPORT_STYLE } from "./report-style.ts";

/** Parts of a page. */
export interface ReportPage {
  /** Text. */
  readonly title: string;
  /** Tells the states of a run apart, a SHA-256; null: none. */
  readonly identity: string | null;
  /** Text above the name. */
  readonly over: string;
  /** Text. */
  readonly name: string;
  /** Markup of the first sentence. */
  readonly lead: string;
  /** Markup; empty parts are left out. */
  readonly body: readonly string[];
}

/** No script runs and nothing is fetched, whatever the names in the page are. */
const POLICY =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** An HTML document that needs nothing else. */
export function pageHtml({ title, identity, over, name, lead, body }: ReportPage): string {
  const parts = [
    `<header><p class="over">${markup(over)}</p><h1>${markup(name)}</h1><p class="lead">${lead}</p></header>`,
    ...body,
    '<footer>Written by <a href="https://github.com/tsimm/tsimm">tsimm</a>. This page holds everything it shows and asks no server for anything.</footer>',
  ];
  const state = identity === null ? "" : `<meta name="tsimm-state" content="${identity}">\n`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="tsimm">
${state}<title>${markup(title)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<main>
${parts.filter((part) => part !== "").join("\n")}
</main>
</body>
</html>
`;
}
