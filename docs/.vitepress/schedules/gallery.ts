/** Settings of a schedule side by side. */
import type { Prose } from "./prose.ts";
import { escapeHtml, sketch, valuesOf } from "./sketch.ts";
import type { Subject } from "./subject.ts";

/**
 * A grid of small drawings, each with its options.
 *
 * @returns Markdown; empty without settings to show.
 */
export function galleryMarkdown(subject: Subject, prose: Prose | null): string {
  if (prose === null || prose.gallery.length === 0) return "";
  const curves = prose.gallery.map((entry) => ({
    ...entry,
    values: valuesOf(subject.make(prose.base, entry.options), entry.length),
  }));
  const highest = Math.max(...curves.flatMap(({ values }) => values));
  const figures = curves.map(({ options, text, values }) => {
    const code = optionsText(options);
    return [
      "<figure>",
      sketch(values, `${subject.name} with ${code}`, highest),
      `<figcaption><code>${escapeHtml(code)}</code><div>`,
      "",
      text,
      "",
      "</div>\n</figcaption>\n</figure>",
    ].join("\n");
  });
  return `<div class="schedule-gallery">\n${figures.join("\n")}\n</div>`;
}

/** Options as one writes them. */
export function optionsText(options: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(options).map(
    ([name, value]) => `${name}: ${JSON.stringify(value).replaceAll(",", ", ")}`,
  );
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}
