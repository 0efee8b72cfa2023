/** ONNX Runtime's WebGPU provider on a software GPU: SwiftShader, unpacked from the npm package of Chromium. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";
import type { Tensor } from "@tsimm/autodiff";
import { run } from "./run.fixture.ts";

const archive = fileURLToPath(
  new URL("../node_modules/@sparticuz/chromium/bin/swiftshader.tar.br", import.meta.url),
);
const cache = fileURLToPath(new URL("../node_modules/.cache/", import.meta.url));

/** Variables of the environment under which a process finds the software GPU; they count from its start on. */
export async function softwareGpuEnvironment(): Promise<
  Record<"LD_LIBRARY_PATH" | "VK_ICD_FILENAMES", string>
> {
  const folder = await unpackedFolder();
  return { LD_LIBRARY_PATH: folder, VK_ICD_FILENAMES: join(folder, "vk_swiftshader_icd.json") };
}

/** Where the driver lies. Whoever comes first unpacks it elsewhere and moves it there whole. */
async function unpackedFolder(): Promise<string> {
  const folder = join(cache, "swiftshader");
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const fresh = await mkdtemp(join(cache, "swiftshader-"));
  try {
    await writeFile(join(fresh, "driver.tar"), brotliDecompressSync(await readFile(archive)));
    await run("tar", ["-xf", "driver.tar"], { cwd: fresh });
    await rm(join(fresh, "driver.tar"));
    if (!existsSync(folder)) await rename(fresh, folder);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return folder;
}

/** A process in which models run on the software GPU. */
export interface SoftwareGpu {
  /**
   * Loads a model, no node of which may fall back to the CPU, runs it once and releases it.
   *
   * @returns All outputs by name.
   * @throws Error with ONNX Runtime's reason.
   */
  run(model: Uint8Array, feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  /**
   * Loads a model, no node of which may fall back to the CPU, and releases it.
   *
   * @throws Error with ONNX Runtime's reason.
   */
  load(model: Uint8Array): Promise<void>;
  /** Ends the process. */
  close(): void;
}

/** The whole program of the process. */
const program = `
import { InferenceSession, Tensor } from "onnxruntime-node";
process.on("message", async ({ id, model, feeds }) => {
  try {
    const session = await InferenceSession.create(model, {
      executionProviders: [{ name: "webgpu", preferredLayout: "NCHW" }],
      logSeverityLevel: 4,
      extra: { session: { disable_cpu_ep_fallback: "1" } },
    });
    if (!feeds) {
      await session.release();
      process.send({ id, outputs: {} });
      return;
    }
    const inputs = Object.entries(feeds).map(([name, t]) => [name, new Tensor(t.dtype, t.data, t.shape)]);
    const results = await session.run(Object.fromEntries(inputs));
    const outputs = Object.entries(results).map(([name, t]) => [name, { dtype: t.type, shape: t.dims, data: t.data }]);
    await session.release();
    process.send({ id, outputs: Object.fromEntries(outputs) });
  } catch (error) {
    process.send({ id, error: error.message });
  }
});
`;

type Answer =
  | { readonly id: number; readonly outputs: Record<string, Tensor> }
  | { readonly id: number; readonly error: string };

/** Starts a process with a software GPU. */
export async function openSoftwareGpu(): Promise<SoftwareGpu> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    env: { ...process.env, ...(await softwareGpuEnvironment()) },
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    serialization: "advanced",
  });
  const waiting = new Map<
    number,
    { resolve(outputs: Record<string, Tensor>): void; reject(error: Error): void }
  >();
  child.on("message", (answer: Answer) => {
    const caller = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ("outputs" in answer) caller?.resolve(answer.outputs);
    else caller?.reject(new Error(answer.error));
  });
  child.on("exit", (code, signal) => {
    for (const { reject } of waiting.values()) {
      reject(new Error(`software GPU: the process ended with ${signal ?? code}`));
    }
    waiting.clear();
  });
  let calls = 0;
  const send = (model: Uint8Array, feeds?: Readonly<Record<string, Tensor>>) =>
    new Promise<Record<string, Tensor>>((resolve, reject) => {
      const id = calls++;
      waiting.set(id, { resolve, reject });
      child.send({ id, model, feeds });
    });
  return {
    run: send,
    load: async (model) => void (await send(model)),
    close: () => child.kill(),
  };
}
