/** Text of somebody else inside HTML and SVG. */
import { printable } from "./printable.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Escapes what HTML and SVG take for markup, in text and in quoted attributes, and what cannot be printed.
 *
 * @param text - Any text.
 * @example
 * markup('<b class="x">\n'); // => "&lt;b class=&quot;x&quot;&gt;\\n"
 */
export function markup(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
