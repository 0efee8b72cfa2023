/** A schedule in timm's Python and in TypeScript. */
import type { Prose } from "./prose.ts";
import type { Subject } from "./subject.ts";

/**
 * The setting of the page's figure as code.
 *
 * @returns Markdown; empty where there is no figure.
 */
export function sideBySide(_subject: Subject, _prose: Prose | null): string {
  return "";
}
