/** Entries of an exported file that say how the file of somebody else takes images and where its logits are. */
import type { ImageInput, ImageLayout } from "./image-input.ts";

/** How to read an exported file that was made of another one. */
export interface ExportOrigin {
  readonly input: Pick<ImageInput, "name" | "layout" | "batch">;
  /** Name of the value that the task reads. */
  readonly logits: string;
}

/** The entries: `tsimm_input`, `tsimm_layout`, `tsimm_batch` where it is fixed, `tsimm_logits`. */
export function formatOrigin({ input, logits }: ExportOrigin): Record<string, string> {
  return {
    tsimm_input: input.name,
    tsimm_layout: input.layout,
    ...(input.batch === null ? {} : { tsimm_batch: String(input.batch) }),
    tsimm_logits: logits,
  };
}

/** Reads the entries; null: the file is one of tsimm's own graphs. */
export function parseOrigin(metadata: Readonly<Record<string, string>>): ExportOrigin | null {
  const { tsimm_input: name, tsimm_layout: layout, tsimm_logits: logits } = metadata;
  if (name === undefined || logits === undefined || !isLayout(layout)) return null;
  const batch = Number(metadata["tsimm_batch"]);
  return { input: { name, layout, batch: Number.isSafeInteger(batch) && batch >= 1 ? batch : null }, logits };
}

function isLayout(text: string | undefined): text is ImageLayout {
  return text === "NCHW" || text === "NHWC";
}
