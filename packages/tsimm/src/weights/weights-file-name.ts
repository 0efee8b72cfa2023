/** Names of files of weights. */

/** Endings of PyTorch's files. */
const TORCH_NAME = /\.(bin|pth|pt|ckpt|pkl|pickle|pth\.tar)$/i;

/**
 * Whether a file is called as PyTorch's are.
 *
 * @example
 * isTorchName("model_best.pth.tar"); // => true
 * isTorchName("model.safetensors"); // => false
 */
export function isTorchName(path: string): boolean {
  return TORCH_NAME.test(path);
}

/** Whether a file is called as those are that `readWeightsFile` reads. */
export function isWeightsName(path: string): boolean {
  return path.endsWith(".safetensors") || isTorchName(path);
}

/** Files of weights in a folder in the order in which they are taken: those of a repository, then those of a run. */
const FIRST = [
  ...["model.safetensors", "model_best.safetensors", "last.safetensors"],
  ...["pytorch_model.bin", "model_best.pth.tar", "last.pth.tar"],
];

/**
 * The file of weights in a folder: that of a repository, of a run, any safetensors file, any file of PyTorch.
 *
 * @param names - Names of the folder's files.
 * @returns undefined: there is none.
 */
export function weightsName(names: readonly string[]): string | undefined {
  const files = names.filter((name) => isWeightsName(name) && !name.startsWith(".")).sort();
  const isSafe = (name: string): boolean => name.endsWith(".safetensors");
  const safe = FIRST.find((name) => isSafe(name) && files.includes(name)) ?? files.find(isSafe);
  return safe ?? FIRST.find((name) => files.includes(name)) ?? files[0];
}
