import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test, vi } from "vitest";
import * as builtIn from "./built-in-engines.ts";
import { createEngine, type EngineName, listEngines, registerEngine } from "./create-engine.ts";
import { defineEngine, type EngineDefinition } from "./engine-definition.ts";
import { native, nativeEngineError } from "./onnxruntime-node.ts";
import { webgpu, webgpuInNode } from "./onnxruntime-webgpu.ts";
import { AdapterError } from "./webgpu/adapter.ts";

const builtInNames = Object.keys(builtIn).toSorted();
const load = vi.spyOn(native, "load");
// As on a machine without a GPU.
const loadGpu = vi
  .spyOn(webgpu, "load")
  .mockRejectedValue(new AdapterError("none", "the WebGPU adapter must be a GPU, got none"));

test.each([
  ["auto", "native"],
  ["native", "native"],
  ["wasm", "wasm"],
])("asked for %s it loads %s", async (name, loaded) => {
  const engine = await createEngine(name as "auto");
  expect(engine.name).toBe(loaded);
  expect(engine.version).toMatch(/^1\.30\.\d+$/);
});

test("an unknown name is refused with a suggestion", async () => {
  // @ts-expect-error the type forbids what a command line can still say
  await expect(createEngine("wsam")).rejects.toThrow(
    new RangeError(
      `createEngine: name must be one of auto, ${builtInNames.join(", ")}, got "wsam"; did you mean "wasm"?`,
    ),
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
  load.mockRejectedValueOnce(nativeEngineError(new Error(reason)));
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

describe("the GPU", () => {
  const gpu = { name: "webgpu", version: "1.30.0", load: () => Promise.reject(new Error("no kernels")) };

  test("is what auto prefers", async () => {
    loadGpu.mockResolvedValueOnce(gpu);
    const onWarning = vi.fn();
    expect(await createEngine("auto", { onWarning })).toBe(gpu);
    expect(loadGpu).toHaveBeenLastCalledWith({ isAuto: true, onWarning });
    expect(onWarning).not.toHaveBeenCalled();
  });

  test("by name is loaded with the callback for warnings, and not as auto does", async () => {
    loadGpu.mockResolvedValueOnce(gpu);
    const onWarning = vi.fn();
    expect(await createEngine("webgpu", { onWarning })).toBe(gpu);
    expect(loadGpu).toHaveBeenLastCalledWith({ onWarning });
  });

  test.each([
    [
      new AdapterError("software", 'the WebGPU adapter "llvmpipe" is software on the CPU'),
      'the WebGPU adapter "llvmpipe" is software on the CPU, so "native" computes; --engine webgpu takes it all the same',
    ],
    [
      new AdapterError("fails", "the driver of the WebGPU adapter must start, got SIGSEGV"),
      'the driver of the WebGPU adapter must start, got SIGSEGV, so "native" computes; --engine native is without this warning',
    ],
  ])("that is not fit gives way to the CPU under auto with one line: %s", async (error, line) => {
    loadGpu.mockRejectedValueOnce(error);
    const warnings: string[] = [];
    const engine = await createEngine("auto", { onWarning: (message) => warnings.push(message) });
    expect(engine.name).toBe("native");
    expect(warnings).toEqual([line]);
  });
});

test.runIf(process.platform === "linux")(
  "auto takes no GPU for what cannot run on one, and says why",
  async () => {
    loadGpu.mockImplementationOnce(webgpuInNode);
    vi.stubEnv("VK_ICD_FILENAMES", "/nowhere/driver.json");
    const warnings: string[] = [];
    const hostOnly = 'optimizer "mine" has no graph for a device';
    const onWarning = (message: string) => warnings.push(message);
    expect((await createEngine("auto", { onWarning, hostOnly })).name).toBe("native");
    expect(warnings).toEqual([`${hostOnly}, so "native" computes; --engine native is without this warning`]);
    vi.unstubAllEnvs();
  },
);

describe("the engines that are built in", () => {
  test("are all that a file of this room defines, each under its name", async () => {
    const folder = fileURLToPath(new URL(".", import.meta.url));
    const files = readdirSync(folder).filter((file) => /^onnxruntime-[a-z]+\.ts$/.test(file));
    const modules = await Promise.all(
      files.map((file): Promise<object> => import(/* @vite-ignore */ `${folder}/${file}`)),
    );
    const defined = modules.flatMap((module) => Object.values(module)).filter(isDefinition);
    expect(new Set(Object.values(builtIn))).toEqual(new Set(defined));
    expect(Object.values(builtIn).map(({ name }) => name)).toEqual(Object.keys(builtIn));
    expect(listEngines().slice(0, builtInNames.length)).toEqual(builtInNames);
  });
});

function isDefinition(value: unknown): value is EngineDefinition {
  return typeof value === "object" && value !== null && "load" in value && "name" in value;
}

describe("a registered engine", () => {
  const engine = { name: "abacus", version: "1.0", load: () => Promise.reject(new Error("no beads")) };
  const abacus = defineEngine({ name: "abacus", preference: 2, load: vi.fn(async () => engine) });
  const create = (name: string, onWarning?: (message: string) => void) =>
    createEngine(name as EngineName, { onWarning });

  beforeAll(() => registerEngine(abacus));

  test("is loaded by name, and by auto in the order of preference", async () => {
    expect(listEngines()).toEqual([...builtInNames, "abacus"]);
    expect(await create("abacus")).toBe(engine);
    expect(await create("auto")).toBe(engine);
  });

  test("that does not load gives way to the next with one warning", async () => {
    vi.mocked(abacus.load).mockRejectedValueOnce(new Error("no beads\nat all"));
    const warnings: string[] = [];
    expect((await create("auto", (message) => warnings.push(message))).name).toBe("native");
    expect(warnings).toEqual([
      'engine "abacus" does not load (no beads), so "native" computes; --engine native is without this warning',
    ]);
    vi.mocked(abacus.load).mockRejectedValueOnce(new Error("no beads"));
    await expect(create("abacus")).rejects.toThrow(new Error("no beads"));
  });

  test("without a preference is never taken by auto", async () => {
    const slow = vi.fn(async () => ({ ...engine, name: "slow" }));
    registerEngine({ name: "slow", load: slow });
    await create("auto");
    expect(slow).not.toHaveBeenCalled();
    expect((await create("slow")).name).toBe("slow");
  });

  test("is suggested where its name is misspelt", async () => {
    await expect(create("abcus")).rejects.toThrow(
      new RangeError(
        `createEngine: name must be one of auto, ${listEngines().join(", ")}, got "abcus"; did you mean "abacus"?`,
      ),
    );
  });

  test("is refused under a name that another one has, or as auto", () => {
    const cure = "give the new definition another name";
    expect(() => registerEngine({ ...abacus, name: "wasm" })).toThrow(
      new RangeError(
        `registerEngine: name must be of no other engine, got "wasm", which is built in; ${cure}`,
      ),
    );
    expect(() => registerEngine({ ...abacus })).toThrow(
      new RangeError(
        `registerEngine: name must be of no other engine, got "abacus", which is already registered; ${cure}`,
      ),
    );
    expect(() => registerEngine({ ...abacus, name: "auto" })).toThrow(
      new RangeError('defineEngine: name must not be "auto", which takes the first engine that loads'),
    );
    expect(() => defineEngine({ ...abacus, preference: Number.NaN })).toThrow(
      new RangeError("defineEngine: preference must be a number, got NaN"),
    );
  });
});
