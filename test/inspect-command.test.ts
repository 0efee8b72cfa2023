/** `tsimm inspect` as a user runs it. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { graph, node, onnxFile, tensor, value } from "../packages/autodiff/src/onnx/onnx-file.fixture.ts";
import { tsimm } from "./command-line.fixture.ts";
import { noise } from "./noise-tensors.fixture.ts";

const detypify = fileURLToPath(new URL("../node_modules/detypify-service/train/model.onnx", import.meta.url));
let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-inspect-"));
});
afterAll(() => rm(root, { recursive: true }));
const inspect = (...words: string[]) => tsimm(["inspect", ...words], { cwd: root });

test("shows what a file of somebody else holds", async () => {
  const { code, stdout, stderr } = await inspect(detypify);
  expect([code, stderr]).toEqual([0, ""]);
  const lines = stdout.split("\n").filter((line) => !line.startsWith("  "));
  expect(lines).toEqual([
    "Graph:       main_graph",
    "Producer:    pytorch 2.9.1+cu130",
    "Opset:       20",
    "Input:       x float32 [1, 1, 224, 224]",
    "Output:      linear float32 [1, 411]",
    'Classifier:  Gemm "node_linear", 1,280 features to 411 classes (model_opt._orig_mod.classifier.weight, model_opt._orig_mod.classifier.bias)',
    "Logits:      linear",
    "Trainable:   94 tensors with 1,144,955 elements",
    "Fixed:       4 tensors with 2,808 elements (a fixed filter): model_opt._orig_mod.blocks.0.0.aa.filt, model_opt._orig_mod.blocks.1.0.aa.filt, model_opt._orig_mod.blocks.2.0.dw_mid.aa.filt and 1 more",
    "Fixed:       1 tensor with 1 element (settings of operators): tmp_14",
    "",
  ]);
  expect(stdout).toContain("  82 tensors before (--json lists all)\n");
});

test("says why nothing is found, and where to look; JSON for programs; text of somebody else is harmless", async () => {
  const bytes = onnxFile(
    graph({
      nodes: [
        node("Gemm", ["x", "w"], ["scores"]),
        node("Det", ["square"], ["y"]),
        node("Identity", ["scores"], ["red \u001b[31m"]),
      ],
      inputs: [value("x", "float32", ["n", 4]), value("square", "float32", [2, 2])],
      outputs: [value("y")],
      tensors: [tensor("w", "float32", [4, 3], noise("w", [4, 3]))],
    }),
  );
  await writeFile(join(root, "two.onnx"), bytes);
  const [plain, json] = await Promise.all([
    inspect("two.onnx"),
    inspect("two.onnx", "--json", "--logits", "red \u001b[31m"),
  ]);
  expect(plain.stdout).toContain(
    'Classifier:  none was found: the last node before "y" that is no activation or change of form is Det "the Det of y", no Gemm, MatMul or 1x1 Conv with stored weights\n',
  );
  const { classifier } = JSON.parse(json.stdout);
  expect(classifier).toMatchObject({ kind: "Gemm", classes: 3, features: 4, weight: "w" });
  expect((await inspect("two.onnx", "--logits", "red \u001b[31m")).stdout).not.toContain("\u001b");
});

test("what is no file of ONNX is one line", async () => {
  await writeFile(join(root, "bad.onnx"), "no model");
  const [bad, missing] = await Promise.all([inspect("bad.onnx"), inspect("missing.onnx")]);
  expect([bad.code, bad.stderr]).toEqual([
    1,
    'tsimm: inspect: "bad.onnx" must be an ONNX model (decodeModel: bytes must be a complete ONNX model, got 8 bytes that are not)\n',
  ]);
  expect([missing.code, missing.stderr]).toEqual([
    1,
    'tsimm: inspect: file must be a readable .onnx file, got "missing.onnx" (ENOENT)\n',
  ]);
});
