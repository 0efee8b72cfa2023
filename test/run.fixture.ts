/** Runs programs for tests. */
import { type ExecFileOptions, execFile } from "node:child_process";
import { promisify } from "node:util";

/**
 * Runs a program to its end.
 *
 * @returns What it wrote.
 * @throws Error with what it wrote, if it exits with another code than 0.
 */
export async function run(
  program: string,
  args: readonly string[],
  options: ExecFileOptions = {},
): Promise<{ stdout: string; stderr: string }> {
  const { stdout, stderr } = await promisify(execFile)(program, args, {
    maxBuffer: 64 * 1024 * 1024,
    ...options,
    encoding: "utf8",
  });
  return { stdout, stderr };
}
