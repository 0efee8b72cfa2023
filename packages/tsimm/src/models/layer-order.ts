/** Which layer of a model a parameter belongs to, for learning rates that fall from layer to layer. */

/**
 * Place of a parameter among the layers: layers are sorted by these numbers, first by the first. null: the last
 * layer, where the classifier is.
 */
export type LayerOf = (name: string) => readonly number[] | null;

/**
 * The order of most models: stem, blocks, all else.
 *
 * @param stem - Matches the names of the stem's parameters.
 * @param block - Matches those of blocks; its groups are the numbers to sort by, an absent one is 0.
 * @example
 * const layerOf = stemThenBlocks(/^conv1\./, /^layer(\d+)\.(\d+)/);
 * layerOf("conv1.weight"); // => [0]
 * layerOf("layer4.1.bn2.bias"); // => [1, 4, 1]
 * layerOf("fc.weight"); // => null
 */
export function stemThenBlocks(stem: RegExp, block: RegExp): LayerOf {
  return (name) => {
    if (stem.test(name)) return [0];
    const [match, ...numbers] = block.exec(name) ?? [];
    return match === undefined ? null : [1, ...numbers.map((digits) => Number(digits ?? 0))];
  };
}
