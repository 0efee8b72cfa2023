/** What an engine does with its device in a page: plain data out. */
import { encodeModel, float32, GraphBuilder } from "@tsimm/autodiff";
import { pageEngine, type WebgpuEngineOptions, webgpuEngine } from "tsimm/browser";

/** next = state + step · x, sum = Σ state. */
function stateModel(elements: number): Uint8Array {
  const builder = new GraphBuilder("state");
  const state = builder.input("state", "float32", [elements]);
  builder.output(builder.op("Add", [state, builder.input("x", "float32", [1])]), "next");
  builder.output(builder.op("ReduceSum", [state]), "sum");
  return encodeModel(builder.build());
}

const filled = (elements: number, value: number) =>
  float32([elements], new Float32Array(elements).fill(value));

const failure = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "none",
    ({ name, message }: Error) => `${name}: ${message}`,
  );

/** Which engine the page takes, and why not the other. */
export async function choice(): Promise<{ name: string; reasons: string[] }> {
  const reasons: string[] = [];
  const engine = await pageEngine({ onFallback: (reason) => reasons.push(reason) });
  return { name: engine.name, reasons };
}

/** What it says where there is no WebGPU. */
export const refusal = (options: WebgpuEngineOptions = {}): Promise<string> => failure(webgpuEngine(options));

/** A state that stays on the device over some runs, and what a run says once the device is gone. */
export async function stateOnDevice(): Promise<object> {
  const warnings: string[] = [];
  const engine = await webgpuEngine({ onWarning: (line) => warnings.push(line) });
  const { device } = engine;
  if (device === undefined) throw new Error("no device");
  const session = await device.load(stateModel(6), ["next"]);
  let state: Parameters<typeof session.run>[0][string] = filled(6, 0);
  const sums: number[] = [];
  for (let run = 0; run < 4; run++) {
    const { next, sum } = await session.run({ state, x: filled(1, 2) });
    if (next === undefined || sum === undefined || "location" in sum) throw new Error("not as asked for");
    sums.push(Number(sum.data[0]));
    if ("location" in state) state.dispose();
    state = next;
  }
  const places = "location" in state ? await device.read({ state }) : {};
  const feeds = { state: filled(6, 1), x: filled(1, 2) };
  const host = await engine.load(stateModel(6));
  const { next } = await host.run(feeds);
  const { env } = await import("onnxruntime-web/webgpu");
  const gpu: { destroy(): void } = await env.webgpu.device;
  gpu.destroy();
  const lost = [await failure(session.run(feeds)), await failure(host.run(feeds))];
  const { name, lowering } = engine;
  return {
    ...{ name, lowering, device: device.name, sums, warnings, lost },
    ...{ read: Array.from(places["state"]?.data ?? [], Number), host: Array.from(next?.data ?? [], Number) },
  };
}
