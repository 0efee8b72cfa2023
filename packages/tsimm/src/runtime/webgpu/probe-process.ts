/**
 * A process that opens the WebGPU provider of `onnxruntime-node`: a driver that crashes or hangs takes this process down and
 * no other. What drivers and ONNX Runtime log goes to stderr.
 */
import * as runtime from "onnxruntime-node";
import type { ProbeReply } from "./probe-in-process.ts";
import { type Probe, runProbe } from "./run-probe.ts";
import { webgpuSession } from "./session-options.ts";

runtime.env.logLevel = "verbose";

process.once("message", async (probe: Probe) => {
  const reply: ProbeReply = await runProbe(runtime, probe, { device: webgpuSession, cpu: "cpu" }).then(
    (difference) => ({ difference }),
    (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
  );
  process.send?.(reply, () => process.disconnect());
});
