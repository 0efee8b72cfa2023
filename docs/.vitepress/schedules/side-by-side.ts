/** A schedule in Python and in TypeScript, as the playground copies it. */
import { copyAs } from "../../../apps/playground/src/schedule/copy/copy-as.ts";
import type { CurveSettings } from "../../../apps/playground/src/schedule/settings.ts";
import { tabs } from "./coming-from.ts";
import type { Prose } from "./prose.ts";
import type { Subject } from "./subject.ts";

/** Updates in an epoch, which only a schedule per update asks for. */
const UPDATES_PER_EPOCH = 100;

/**
 * The setting of the page's figure as code, and as flags.
 *
 * @returns Markdown; empty where there is no figure.
 */
export function sideBySide({ name, definition }: Subject, prose: Prose | null): string {
  if (definition === null) return "";
  const curve: CurveSettings = { sched: name, args: prose?.figure?.args ?? {}, groups: [], metric: null };
  const state = { curves: [curve], selected: 0, updatesPerEpoch: UPDATES_PER_EPOCH, logScale: false };
  const block = (format: "typescript" | "timm-python" | "flags") => {
    const { language, text } = copyAs(format, state);
    return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
  };
  return [
    "The setting of the figure above, as the playground copies it.",
    tabs(
      `${block("timm-python")}\n\n${block("typescript")}`,
      definition.traits.inTimm ? "Python, timm" : "Python",
    ),
    "On the command line:",
    block("flags"),
  ].join("\n\n");
}
