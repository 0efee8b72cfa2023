import { expect, test } from "vitest";
import { createEngine } from "./create-engine.ts";
import { nativeEngineError } from "./onnxruntime-node.ts";

test.each([
  ["auto", "native"],
  ["native", "native"],
  ["wasm", "wasm"],
] as const)("asked for %s it loads %s", async (name, loaded) => {
  const engine = await createEngine(name);
  expect(engine.name).toBe(loaded);
  expect(engine.version).toMatch(/^1\.30\.\d+$/);
});

test("an unknown name is refused with a suggestion", async () => {
  // @ts-expect-error the type forbids what a command line can still say
  await expect(createEngine("wsam")).rejects.toThrow(
    new RangeError('createEngine: name must be one of auto, native, wasm, got "wsam"; did you mean "wasm"?'),
  );
});

test.each([
  [
    "Cannot find package 'onnxruntime-node' imported from /app/dist/runtime/onnxruntime-node.js",
    'tsimm: package "onnxruntime-node" is not installed; run: npm install onnxruntime-node (with ' +
      "ONNXRUNTIME_NODE_INSTALL=skip where downloads are blocked), or use --engine wasm",
  ],
  [
    "Cannot find module '../bin/napi-v6/x/onnxruntime_binding.node'\nRequire stack:\n- /app/node_modules/onnxruntime-node/dist/binding.js",
    `tsimm: package "onnxruntime-node" does not load on ${process.platform}-${process.arch} ` +
      "(Cannot find module '../bin/napi-v6/x/onnxruntime_binding.node'); use --engine wasm",
  ],
])("a native engine that fails with %j is one clear line", (reason, line) => {
  const cause = new Error(reason);
  const error = nativeEngineError(cause);
  expect(error.message).toBe(line);
  expect(error.cause).toBe(cause);
});
