/** What a decoding thread runs: jobs one after another until it is told to close. */
import { parentPort, workerData } from "node:worker_threads";
import type { DecodeReply, DecodeRequest, DecodeWorkerData } from "./decode-pool.ts";
import { SampleDecoder } from "./sample-decoder.ts";

if (!parentPort) throw new Error("decode-worker: must run in a worker thread");
const port = parentPort;
const { closed }: DecodeWorkerData = workerData;
const decoder = new SampleDecoder();
const isClosed = () => Atomics.load(new Int32Array(closed), 0) !== 0;
let work = Promise.resolve();

port.on("message", (request: DecodeRequest) => {
  // A rejection is not caught: it ends the thread, and the pool hears of it.
  work = work.then(() => handle(request));
});

async function handle(request: DecodeRequest): Promise<void> {
  if (request === "close") {
    decoder.close();
    port.close();
    return;
  }
  if (isClosed()) return;
  const { id, job } = request;
  const decoded = await decoder.decode(job, isClosed);
  const reply: DecodeReply = { id, ...decoded };
  port.postMessage(reply, [decoded.pixels.buffer]);
}
