/**
 * Loops of augmentations, in AssemblyScript with 128-bit SIMD; `npm run -s assemble` compiles them.
 *
 * Pixels are uint8, the channels of a pixel side by side. A loop may read and write 16 bytes past the end of what it is
 * given. Sums of float32 and float64 are made in Pillow's order.
 */
export { affineBicubic, affineBilinear } from "./augment/affine";
export { addWeighted, blend, truncateSums } from "./augment/blend";
export { boxBlurColumns, boxBlurRows } from "./augment/box-blur";
export { convolveColumns, convolveRow } from "./augment/convolve";
export { smooth } from "./augment/smooth";
export { applyTables, countLevels } from "./augment/tables";
