/** The engine of a GPU in Node, on a software adapter, without one, and with a driver that is broken. Reads `dist`. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { createModel, exportOnnx } from "tsimm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mayHaveAdapter } from "../packages/tsimm/src/runtime/webgpu/may-have-adapter.ts";
import { tsimm } from "./command-line.fixture.ts";
import { run } from "./run.fixture.ts";
import { softwareGpuEnvironment } from "./software-gpu.fixture.ts";

const script = fileURLToPath(new URL("device-scenarios.mjs", import.meta.url));
const folder = await mkdtemp(join(tmpdir(), "tsimm-webgpu-"));
afterAll(() => rm(folder, { recursive: true }));

/** Runs scenarios in a process of its own, which must keep silent on stderr. */
async function play(
  engine: string,
  scenarios: readonly string[],
  variables: Readonly<Record<string, string>> = {},
) {
  const env = { ...process.env, ...variables };
  const { stdout, stderr } = await run(process.execPath, [script, engine, ...scenarios], { env });
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

const software = 'the WebGPU adapter "SwiftShader Device (Subzero)" is software on the CPU';

describe("on a software adapter, asked for by name", () => {
  const scenarios = ["start", "tensors", "onTheHost", "memory", "tooLarge"];
  let results: Awaited<ReturnType<typeof play>>;
  beforeAll(async () => {
    results = await play("webgpu", scenarios, await softwareGpuEnvironment());
  }, 120_000);

  test("it starts with one warning", () => {
    expect(results.error).toBeUndefined();
    expect(results.start).toEqual({
      ...{ name: "webgpu", version: expect.stringMatching(/^1\.30\.\d+$/), lowering: "ort-webgpu" },
      device: "SwiftShader Device (Subzero)",
    });
    expect(results.warnings).toEqual([`${software}, many times slower than an engine for the CPU`]);
  });

  test("tensors stay on the device, feed other sessions, and are read after their session is closed", () => {
    const { location, dtype, shape, sums, read, nothing } = results.tensors;
    expect({ location, dtype, shape }).toEqual({ location: "device", dtype: "float32", shape: [6] });
    expect(sums).toEqual([[6], [18], [36]]);
    expect(read).toEqual([
      [3, 3],
      [6, 6],
      [6, 6],
      [6, 6],
      [7, 7],
    ]);
    expect(nothing).toEqual({});
  });

  test("tensors that are disposed of or of another engine, and closed sessions, are refused", () => {
    expect(results.tensors).toMatchObject({
      disposed: "Error: DeviceSession.run: state must be on the device, got a tensor that is disposed of",
      closed: "Error: DeviceSession.run: the session is closed; load the model again",
      refused:
        "TypeError: DeviceSession.run: state must be a tensor of this engine's device, got another one",
    });
  });

  test("a model runs from here to here too", () => {
    expect(results.onTheHost).toEqual({
      ...{ next: [3, 3, 3, 3, 3, 3], sum: [6] },
      closed: "Error: Session.run: the session is closed; load the model again",
    });
  });

  test("memory stays flat over 200 runs and as many sets of tensors as are read", () => {
    const { megabytes, read } = results.memory;
    const [, start = Number.NaN, ...later]: number[] = megabytes;
    expect(later).toHaveLength(18);
    expect(Math.max(...later)).toBeLessThan(1.02 * start);
    expect(read).toEqual(new Array(12).fill(200));
  });

  test("too large a model is one line with the cure, and the device goes on", () => {
    const line =
      /^DeviceLostError: the device SwiftShader Device \(Subzero\) is out of memory \(.+\); take a smaller --batch-size, with --grad-accum-steps for the same update$/;
    const { onDevice, onHost, afterwards } = results.tooLarge;
    expect(onDevice).toEqual([expect.stringMatching(line), expect.stringMatching(line)]);
    expect(onHost).toMatch(line);
    expect(afterwards).toEqual([1000]);
  });
});

test("auto never takes a software adapter, and says so in one line", async () => {
  const { start, warnings } = await play("auto", ["start"], await softwareGpuEnvironment());
  expect(start).toMatchObject({ name: "native" });
  expect(start.device).toBeUndefined();
  expect(warnings).toEqual([`${software}, so "native" computes; --engine webgpu takes it all the same`]);
});

describe("a driver that is broken", async () => {
  const textFile = join(folder, "driver.json");
  const ICD = { library_path: join(folder, "no-library.so"), api_version: "1.3.0" };
  await writeFile(textFile, JSON.stringify({ file_format_version: "1.0.0", ICD }));

  test.each([
    ["a file that is missing", "/nowhere/driver.json"],
    ["a library that is missing", textFile],
  ])("(%s) is one line", async (_, file) => {
    const variables = { VK_ICD_FILENAMES: file, VK_DRIVER_FILES: "" };
    const line = "the WebGPU adapter must be a GPU with a driver for Vulkan, got none";
    expect(await play("webgpu", ["start"], variables)).toEqual({
      warnings: [],
      error: `AdapterError: createEngine: ${line}; use --engine native`,
    });
    const { start, warnings } = await play("auto", ["start"], variables);
    expect(start.name).toBe("native");
    expect(warnings).toEqual([`${line}, so "native" computes; --engine native is without this warning`]);
  });
});

test.skipIf(mayHaveAdapter())("without a GPU auto computes natively and says nothing", async () => {
  const { start, warnings } = await play("auto", ["start"]);
  expect([start.name, warnings]).toEqual(["native", []]);
});

test("a provider whose libraries are missing is one line that says how to get them", async () => {
  const { error } = await play("cuda", ["start"]);
  expect(error).toBe(
    'Error: createEngine: engine "cuda" must have its provider in onnxruntime-node, got "OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library"; install CUDA 12 and cuDNN 9, and run: ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node; or use --engine webgpu',
  );
  expect(await play("dml", ["start"])).toMatchObject({
    error:
      'Error: createEngine: engine "dml" must have its provider in onnxruntime-node, got none on linux-x64; it is for Windows, whose package has it; use --engine webgpu',
  });
});

test("predict classifies on the GPU as on the CPU, and says what computes", {
  timeout: 300_000,
}, async () => {
  const model = createModel("test_resnet", { numClasses: 4, seed: 3 });
  const dataConfig = { inputSize: [3, 32, 32] as const };
  await writeFile(
    join(folder, "model.onnx"),
    exportOnnx(model, { classNames: ["a", "b", "c", "d"], dataConfig }),
  );
  await sharp({ create: { width: 40, height: 40, channels: 3, background: "#4070c0" } }).toFile(
    join(folder, "blue.png"),
  );
  const env = await softwareGpuEnvironment();
  const predict = (engine: string) =>
    tsimm(["predict", "blue.png", "--checkpoint", "model.onnx", "--engine", engine], { cwd: folder, env });
  const [gpu, cpu] = [await predict("webgpu"), await predict("native")];
  expect([gpu.code, cpu.code]).toEqual([0, 0]);
  expect(gpu.stdout).toBe(cpu.stdout);
  expect(gpu.stdout).toMatch(/^blue\.png: \w /);
  expect(gpu.stderr).toMatch(
    /^WARNING: .+ is software on the CPU, .+\nEngine: webgpu \(ONNX Runtime 1\.30\.\d+\) on SwiftShader Device \(Subzero\)\n$/,
  );
  expect(cpu.stderr).toBe("");
});
