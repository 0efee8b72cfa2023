import { expect, test, vi } from "vitest";
import { createEngine } from "./create-engine.ts";
import * as native from "./onnxruntime-node.ts";
import { nativeEngineError } from "./onnxruntime-node.ts";

vi.mock("./onnxruntime-node.ts", { spy: true });

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

test.each([
  [
    "Cannot find package 'onnxruntime-node' imported from /app/x.js",
    "is not installed (npm leaves it out in silence where its install script fails)",
  ],
  [
    "Cannot find module '../bin/napi-v6/x/onnxruntime_binding.node'",
    `does not load on ${process.platform}-${process.arch} (Cannot find module '../bin/napi-v6/x/onnxruntime_binding.node')`,
  ],
  [
    "libstdc++.so.6: version not found\nRequire stack:",
    `does not load on ${process.platform}-${process.arch} (libstdc++.so.6: version not found)`,
  ],
])("auto falls back to wasm with one warning that has the cure: %s", async (reason, state) => {
  vi.mocked(native.nativeEngine).mockRejectedValueOnce(nativeEngineError(new Error(reason)));
  const warnings: string[] = [];
  const engine = await createEngine("auto", { onWarning: (message) => warnings.push(message) });
  expect(engine.name).toBe("wasm");
  expect(warnings).toEqual([
    `package "onnxruntime-node" ${state}, so WebAssembly computes, several times slower; run: ` +
      "ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node; --engine wasm is without this warning",
  ]);
});

test("no warning where the engine is the one that was asked for", async () => {
  const onWarning = vi.fn();
  for (const name of ["auto", "native", "wasm"] as const) await createEngine(name, { onWarning });
  expect(onWarning).not.toHaveBeenCalled();
});
