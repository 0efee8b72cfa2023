/** The data set that comes with the package. */
import { fileURLToPath } from "node:url";

/**
 * Path of a `.tar` with 2000 training and 500 validation images of 10 kinds of clothing, 28×28 pixels, grey:
 * the first of each class of Fashion-MNIST (Copyright 2017 Zalando SE, MIT License).
 *
 * @example
 * const { samples, classNames } = await openDataset({ dataDir: fashionMnistMini, split: "validation" });
 * samples.length; // => 500
 * classNames.length; // => 10
 * @see https://github.com/zalandoresearch/fashion-mnist
 */
export const fashionMnistMini: string = fileURLToPath(
  new URL("../../../assets/fashion-mnist-mini.tar", import.meta.url),
);
