/** What a safetensors file says beside its tensors. */
import { readFile } from "node:fs/promises";

/** The `tsimm` entry of a file's header. */
export async function safetensorsEntry(path: string): Promise<unknown> {
  const bytes = await readFile(path);
  const length = Number(bytes.readBigUInt64LE(0));
  return JSON.parse(JSON.parse(bytes.toString("utf8", 8, 8 + length)).__metadata__.tsimm);
}
