/** A Python program to measure against, which answers each line of its input by a line of numbers. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/**
 * Starts a program under the Python that the environment variable `PYTHON` names.
 *
 * @param {URL} script
 * @param {...(string | number)} args
 * @returns `ask(line)`, the numbers of the answer; `ready()`, which waits for a first line; `close()`.
 */
export function pythonPeer(script, ...args) {
  const { PYTHON = "python3" } = process.env;
  const peer = spawn(PYTHON, [script.pathname, ...args.map(String)], { stdio: ["pipe", "pipe", "inherit"] });
  // What is wrong shows in the missing answer.
  peer.stdin.on("error", () => {});
  const ended = once(peer, "close").catch((error) => [error.message]);
  const lines = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
  async function ready() {
    const { done, value } = await lines.next();
    if (done) throw new Error(`${PYTHON} ${script.pathname} ended without an answer: ${(await ended)[0]}`);
    return value;
  }
  return {
    ready,
    async ask(line) {
      peer.stdin.write(`${line}\n`);
      return (await ready()).split(" ").map(Number);
    },
    close: () => peer.stdin.end(),
  };
}
