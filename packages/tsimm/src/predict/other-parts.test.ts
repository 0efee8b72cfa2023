/** Parts of another kind are refused by name, with the cure. */
import { expect, test } from "vitest";
import { createModel } from "../models/registry.ts";
import { createEngine } from "../runtime/create-engine.ts";
import { exportOnnx } from "./export-onnx.ts";
import { loadClassifier } from "./load-classifier.ts";

test("a model that is none is no file", () => {
  expect(() => exportOnnx("resnet18" as never, { classNames: ["a"] })).toThrow(
    new TypeError(
      "exportOnnx: model must have a function forwardGraph, got string without it; make it by createModel",
    ),
  );
});

test("an engine that is still a promise, or left out, is refused", async () => {
  const bytes = exportOnnx(createModel("test_resnet", { numClasses: 2 }), { classNames: ["a", "b"] });
  const message = (got: string) =>
    `loadClassifier: engine must have a function load, got ${got} without it; await createEngine`;
  await expect(loadClassifier(bytes, createEngine() as never)).rejects.toThrow(
    new TypeError(message("a promise")),
  );
  await expect(loadClassifier(bytes, undefined as never)).rejects.toThrow(
    new TypeError(message("undefined")),
  );
});
