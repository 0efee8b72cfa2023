/** Modules compiled from `assembly/`, which run in Node and in pages. */

/**
 * Instantiates a compiled module. It imports nothing and starts with an empty memory.
 *
 * @param module - The module in base64, one of `generated/`.
 * @returns Its exports.
 */
export function instantiate<Exports extends WebAssembly.Exports>(module: string): Exports {
  const bytes = Uint8Array.from(atob(module), (letter) => letter.charCodeAt(0));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  // The types are written beside the module, from the same source.
  return exports as Exports;
}
