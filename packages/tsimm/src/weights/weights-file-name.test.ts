import { expect, test } from "vitest";
import { weightsName } from "./weights-file-name.ts";

test.each<[readonly string[], string | undefined]>([
  [["b.safetensors", "model.safetensors", "pytorch_model.bin"], "model.safetensors"],
  [["last.safetensors", "a.safetensors"], "last.safetensors"],
  [["pytorch_model.bin", "z.safetensors", "config.json"], "z.safetensors"],
  [["a.pth", "pytorch_model.bin"], "pytorch_model.bin"],
  [["checkpoint-3.pth.tar", "last.pth.tar", "model_best.pth.tar"], "model_best.pth.tar"],
  [["b.ckpt", "a.pt"], "a.pt"],
  [["photos.tar", ".hidden.pth", "README.md", "a.onnx"], undefined],
  [[], undefined],
])("of %j takes %s", (names, expected) => {
  expect(weightsName(names)).toBe(expected);
});
