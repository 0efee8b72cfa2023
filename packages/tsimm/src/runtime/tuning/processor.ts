/** The processor, as far as it decides which way to compute is fastest. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { arch, cpus } from "node:os";

/** Keys of `/proc/cpuinfo` that name a model: those of x64, then those of arm64. */
const MODEL_KEYS = ["model name", "cpu family", "model", "CPU implementer", "CPU part", "CPU variant"];
/** Keys that list what it can do. */
const FEATURE_KEYS = ["flags", "Features"];

/**
 * Model and features of the processor in one line, e.g.
 * `x64 AMD EPYC, cpu family 25, model 17, features 3f0c5a7e9b12`. Where the system does not list features, without them.
 */
export async function describeProcessor(): Promise<string> {
  const information = await readFile("/proc/cpuinfo", "utf8").catch(() => "");
  return processorText(arch(), cpus()[0]?.model ?? "", information);
}

/**
 * The line of {@link describeProcessor}.
 *
 * @param model - Name of the processor, for systems without `/proc/cpuinfo`.
 * @param information - Text of `/proc/cpuinfo`; empty where there is none.
 */
export function processorText(architecture: string, model: string, information: string): string {
  const [first = ""] = information.split("\n\n");
  const entries = new Map(
    first.split("\n").map((line) => {
      const [key = "", ...value] = line.split(":");
      return [key.trim(), value.join(":").trim()] as const;
    }),
  );
  const named = MODEL_KEYS.flatMap((key) => {
    const value = entries.get(key);
    return value === undefined ? [] : [key === "model name" ? value : `${key} ${value}`];
  });
  const features = FEATURE_KEYS.flatMap((key) => entries.get(key)?.split(" ") ?? []);
  const digest = createHash("sha256").update(features.sort().join(" ")).digest("hex").slice(0, 12);
  const parts = named.length === 0 ? [model.trim()] : named;
  return `${architecture} ${[...parts, ...(features.length === 0 ? [] : [`features ${digest}`])].join(", ")}`;
}
