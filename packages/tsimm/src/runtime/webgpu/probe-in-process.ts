/** Looks at the adapter of Node's WebGPU provider from outside: in a process of its own. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { cpus } from "node:os";
import { type Adapter, AdapterError, wrongNumbers } from "./adapter.ts";
import { adapterOfLog } from "./adapter-of-log.ts";
import { probeModel } from "./probe-model.ts";
import type { Probe, ProbeDifference } from "./run-probe.ts";

/** What the process says. */
export type ProbeReply = { readonly difference: ProbeDifference | null } | { readonly error: string };

/** Milliseconds after which a driver is taken to hang; one in software compiles the kernels in a few thousand. */
const patience = 60_000;

/**
 * Finds the adapter and checks its kernels against the CPU.
 *
 * @throws AdapterError if there is none, or its driver crashes, hangs or computes wrong numbers.
 */
export async function probeInProcess(): Promise<Adapter> {
  const child = fork(new URL("./probe-process.js", import.meta.url), {
    // Flags of this process such as --input-type would keep another from starting.
    execArgv: [],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    env: { ...process.env, VK_LOADER_DEBUG: "driver,info" },
    timeout: patience,
    killSignal: "SIGKILL",
  });
  let log = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  let reply: ProbeReply | undefined;
  child.on("message", (message: ProbeReply) => {
    reply = message;
  });
  child.send(probeModel() satisfies Probe, () => {});
  await once(child, "close");
  return adapterOfReply(reply, log, { code: child.exitCode, signal: child.signalCode });
}

/**
 * Judges what the process has said.
 *
 * @param reply - Absent if it ended before.
 * @param log - Its stderr.
 * @param end - How it ended.
 */
export function adapterOfReply(
  reply: ProbeReply | undefined,
  log: string,
  end: { readonly code: number | null; readonly signal: string | null },
): Adapter {
  const fails = (message: string) => new AdapterError("fails", message);
  if (reply === undefined) {
    const how = end.signal ?? `exit code ${end.code}`;
    throw fails(`the driver of the WebGPU adapter must start, got ${how}`);
  }
  if ("error" in reply) {
    const [reason] = reply.error.split("\n");
    const state = /Failed to get a WebGPU adapter/.test(reply.error)
      ? "none"
      : `one that does not start (${reason})`;
    throw fails(
      `the WebGPU adapter must be a GPU with a driver for ${interfaceOf(process.platform)}, got ${state}`,
    );
  }
  const adapter = adapterOfLog(log, process.platform, cpus()[0]?.model ?? "Apple GPU");
  if (reply.difference === null) return adapter;
  throw fails(wrongNumbers(adapter, reply.difference));
}

/** What WebGPU computes through. */
function interfaceOf(platform: string): string {
  return { darwin: "Metal", win32: "Direct3D 12" }[platform] ?? "Vulkan";
}
