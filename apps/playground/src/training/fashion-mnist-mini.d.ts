/** The module that `fashion-mnist-plugin.ts` serves. */
declare module "virtual:fashion-mnist-mini" {
  /** Side of an image in pixels. */
  export const side: number;
  export const classNames: readonly string[];
  /** Images of each class, in the order of the names. */
  export const counts: Readonly<Record<"train" | "validation", readonly number[]>>;
  /** Address of the pixels: gzip of uint8 [N, side, side], training images first, each split class by class. */
  export const url: string;
}
