/** Settings of the hub, from the environment variables that Python's huggingface_hub reads. */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { printable } from "../../text/printable.ts";

/** Where the hub is, where its files are kept, and how to ask for them. */
export interface HubSettings {
  /** Address without a slash at its end. */
  readonly endpoint: string;
  /** Folder of the repositories, e.g. `~/.cache/huggingface/hub`. */
  readonly cacheFolder: string;
  /** Access token; null: none. */
  readonly token: string | null;
  /** No network. */
  readonly offline: boolean;
  /** Milliseconds to wait for the headers of a file. */
  readonly metadataTimeout: number;
  /** Milliseconds to wait for the next bytes of a file. */
  readonly downloadTimeout: number;
  /** Milliseconds before the first further try; they double from try to try. */
  readonly retryDelay: number;
}

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

const YES = ["1", "on", "yes", "true"];
/** Seconds, as in Python. */
const TIMEOUT = 10;

/**
 * Reads `HF_ENDPOINT` (a mirror), `HF_HOME`, `HF_HUB_CACHE`, `HUGGINGFACE_HUB_CACHE`, `HF_TOKEN`, `HF_TOKEN_PATH`,
 * `HF_HUB_OFFLINE`, `HF_HUB_ETAG_TIMEOUT` and `HF_HUB_DOWNLOAD_TIMEOUT` (seconds), and a stored token.
 *
 * @param env - Absent: this process's.
 * @throws RangeError for an address or a token that is none; the token is not shown.
 */
export async function hubSettings(env: Environment = process.env): Promise<HubSettings> {
  const home = homeOf(env);
  const cache = env["HF_HUB_CACHE"] || env["HUGGINGFACE_HUB_CACHE"] || join(home, "hub");
  return {
    endpoint: endpointOf(env["HF_ENDPOINT"] || "https://huggingface.co"),
    cacheFolder: expanded(cache),
    token: await tokenOf(env, home),
    offline: isYes(env["HF_HUB_OFFLINE"] || env["TRANSFORMERS_OFFLINE"]),
    metadataTimeout: milliseconds(env["HF_HUB_ETAG_TIMEOUT"]),
    downloadTimeout: milliseconds(env["HF_HUB_DOWNLOAD_TIMEOUT"]),
    retryDelay: 500,
  };
}

function homeOf(env: Environment): string {
  const caches = env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  return expanded(env["HF_HOME"] || join(caches, "huggingface"));
}

function endpointOf(text: string): string {
  const address = URL.canParse(text) ? new URL(text) : null;
  if (address === null || !/^https?:$/.test(address.protocol)) {
    throw new RangeError(
      `hub: HF_ENDPOINT must be an address such as https://huggingface.co, got "${printable(text)}"`,
    );
  }
  return text.replace(/\/+$/, "");
}

async function tokenOf(env: Environment, home: string): Promise<string | null> {
  const given = env["HF_TOKEN"] || env["HUGGING_FACE_HUB_TOKEN"];
  if (given) return checkedToken(given, "HF_TOKEN");
  if (isYes(env["HF_HUB_DISABLE_IMPLICIT_TOKEN"])) return null;
  const path = expanded(env["HF_TOKEN_PATH"] || join(home, "token"));
  const stored = await readFile(path, "utf8").catch(() => "");
  return checkedToken(stored, printable(path));
}

function checkedToken(text: string, where: string): string | null {
  const token = text.trim();
  if (token === "") return null;
  if (/^[\x21-\x7e]{1,1000}$/.test(token)) return token;
  throw new RangeError(
    `hub: ${where} must be an access token in one line without blanks, got something else; copy it again`,
  );
}

function isYes(text: string | undefined): boolean {
  return YES.includes((text ?? "").toLowerCase());
}

function milliseconds(text: string | undefined): number {
  const seconds = Number(text);
  return 1000 * (text && Number.isFinite(seconds) && seconds > 0 ? seconds : TIMEOUT);
}

function expanded(path: string): string {
  return resolve(path.replace(/^~(?=$|[\\/])/, () => homedir()));
}
