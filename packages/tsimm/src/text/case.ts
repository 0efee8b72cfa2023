/** Names in snake_case and camelCase. */

/**
 * `output_stride` as `outputStride`; camelCase stays as it is.
 *
 * @example
 * camelCaseOf("opt_layer_2"); // => "optLayer2"
 */
export function camelCaseOf(name: string): string {
  return name.replace(/(?<=[^_])_+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * `outputStride` as `output_stride`; snake_case stays as it is.
 *
 * @example
 * snakeCaseOf("maxGradNorm"); // => "max_grad_norm"
 * snakeCaseOf("betas1d"); // => "betas_1d"
 */
export function snakeCaseOf(name: string): string {
  return name.replace(/[A-Z]|(?<=[a-z])\d/g, (letter) => `_${letter.toLowerCase()}`);
}
