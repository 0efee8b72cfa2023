/** Layouts without a kernel. */
import { readInt } from "../../graph/attributes.ts";
import type { Spelling } from "./recipe.ts";

/** Bytes become numbers before they are transposed. */
export const castBeforeTranspose: Spelling = (rewriting, { inputs: [name = ""], attributes }) => {
  const { builder } = rewriting;
  const maker = rewriting.makerOf(name);
  if (maker?.op !== "Transpose" || rewriting.old.values.get(name)?.dtype !== "uint8") return undefined;
  const bytes = rewriting.value(maker.inputs[0] ?? "");
  return builder.op("Transpose", [builder.op("Cast", [bytes], attributes)], maker.attributes);
};

/** [B, C, H, W] -> [B, N N C, H / N, W / N]. */
export const spaceToDepth: Spelling = (rewriting, node) => {
  const { math } = rewriting;
  const [x] = rewriting.inputsOf(node);
  if (!x) return undefined;
  const block = readInt(node.attributes, "blocksize", 1);
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape;
  const [rows, columns] = [height / block, width / block];
  const split = math.reshape(x, [batch, channels, rows, block, columns, block]);
  return math.reshape(math.transpose(split, [0, 3, 5, 1, 2, 4]), [
    batch,
    block * block * channels,
    rows,
    columns,
  ]);
};
