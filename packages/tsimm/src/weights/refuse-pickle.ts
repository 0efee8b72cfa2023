/** Weights that PyTorch has pickled are not read: reading a pickle runs what is in it. */
import { basename } from "node:path";
import { printable } from "../text/printable.ts";

/** Names of files that PyTorch writes. */
const PICKLE_NAME = /\.(bin|pth|pt|ckpt|pkl|pickle|tar)$/i;

/** Whether a file is called as pickles are. */
export function isPickleName(path: string): boolean {
  return PICKLE_NAME.test(path);
}

/**
 * The reason why a file is refused.
 *
 * @param path - Its path or name.
 * @param bytes - Its first bytes, where they are known.
 * @returns null: it is no pickle, as far as one can see.
 */
export function pickleReason(path: string, bytes?: Uint8Array): string | null {
  const [first, second] = bytes ?? [];
  // A zip archive, or a pickle of protocol 2 to 5.
  const isPickle =
    (first === 0x50 && second === 0x4b) || (first === 0x80 && Number(second) >= 2 && Number(second) <= 5);
  if (bytes === undefined ? !isPickleName(path) : !isPickle) return null;
  return `it is a pickle of PyTorch, and reading a pickle runs the code in it; convert it once: ${conversion(path)}`;
}

/** The line that converts a file with Python. */
export function conversion(path: string): string {
  const name = basename(path);
  const file = /^[\w. +@-]+$/.test(name) ? name : "FILE";
  return (
    `python -c "import torch, safetensors.torch as s; d = torch.load('${printable(file)}', map_location='cpu', weights_only=True); ` +
    `d = d.get('state_dict', d.get('model', d)); s.save_file({k: v.contiguous() for k, v in d.items()}, 'model.safetensors')"`
  );
}
