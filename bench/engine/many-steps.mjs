/**
 * Makes `--steps` training steps twice, each time with a fresh model and session: the weights must end with the same
 * bytes, and resident memory must stay flat.
 */
import { createHash } from "node:crypto";
import { readOptions } from "./options.mjs";
import { wholeStep } from "./whole-step.mjs";

const options = readOptions();
const { model: name, batchSize, size, threads, steps } = options;
console.log(`${name}, batch ${batchSize}, ${size}x${size}, ${threads} threads`);
const digests = [await manySteps(), await manySteps()];
console.log(digests[0] === digests[1] ? "the same bytes" : "DIFFERENT BYTES");
process.exitCode = digests[0] === digests[1] ? 0 : 1;

/** Prints resident memory ten times on the way; yields the SHA-256 of all parameters and running statistics. */
async function manySteps() {
  const { model, run, close } = await wholeStep({ ...options, tune: false });
  for (let step = 1; step <= steps; step++) {
    const loss = await run();
    if (step % Math.ceil(steps / 10) > 0) continue;
    const megabytes = Math.round(process.memoryUsage.rss() / 2 ** 20);
    console.log(`step ${step}: ${megabytes} MB resident, loss ${loss}`);
  }
  await close();
  const hash = createHash("sha256");
  for (const { data } of model.state) hash.update(data);
  const digest = hash.digest("hex");
  console.log(`weights: ${digest}`);
  return digest;
}
