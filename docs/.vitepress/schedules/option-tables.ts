/** The options of a class as tables. */
import { type OptionGroup, type OptionRow, optionRows } from "./option-rows.ts";
import { escapeHtml } from "./sketch.ts";
import type { Subject } from "./subject.ts";

const headings: Readonly<Record<OptionGroup, string>> = {
  Own: "",
  "Warm-up": "### Warm-up",
  Noise: "### Noise",
  "Units and groups": "### Units and groups",
};

/** A table for each group of options, as Markdown. */
export function optionTables(subject: Subject): string {
  const rows = optionRows(subject);
  const order: readonly OptionGroup[] = ["Own", "Warm-up", "Noise", "Units and groups"];
  return order
    .map((group) => ({ group, found: rows.filter((row) => row.group === group) }))
    .filter(({ found }) => found.length > 0)
    .map(({ group, found }) => [headings[group], table(found)].filter(Boolean).join("\n\n"))
    .join("\n\n");
}

function table(rows: readonly OptionRow[]): string {
  const head = "<tr><th>option</th><th>meaning</th><th>allowed</th><th>default</th></tr>";
  const body = rows.map(
    (row) =>
      `<tr><td>${namesOf(row)}</td><td>${inline(row.meaning)}</td><td>${inline(row.allowed)}</td><td>${defaultOf(row)}</td></tr>`,
  );
  return `<div class="option-table"><table><thead>${head}</thead><tbody>\n${body.join("\n")}\n</tbody></table></div>`;
}

/** The option, then what timm and the command line call it. */
function namesOf({ name, timm, flag }: OptionRow): string {
  const others = [timm === name ? null : timm, flag].filter((one) => one !== null);
  const below = others.map((one) => `<code>${one}</code>`).join(" ");
  return `<code class="option">${name}</code>${below && `<small>${below}</small>`}`;
}

function defaultOf(row: OptionRow): string {
  return row.isRequired ? "required" : `<code>${escapeHtml(row.default)}</code>`;
}

function inline(text: string): string {
  return escapeHtml(text).replaceAll(/`([^`]+)`/g, "<code>$1</code>");
}
