/** The folder for files that can be made again. */
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Facts that the folder follows from. */
export interface CachePlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** As `process.platform`. */
  readonly platform: string;
  /** Home folder of the user. */
  readonly home: string;
}

/**
 * The cache folder of tsimm, by the conventions of the platform: `$XDG_CACHE_HOME/tsimm` where that is set, else
 * `~/.cache/tsimm`, `~/Library/Caches/tsimm` (macOS) or `%LOCALAPPDATA%\tsimm\Cache` (Windows). It may not exist yet.
 *
 * @param place - Absent: this process.
 */
export function cacheFolder(
  { env, platform, home }: CachePlace = { env: process.env, platform: process.platform, home: homedir() },
): string {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = env;
  // The specification ignores relative paths.
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, "tsimm");
  if (platform === "darwin") return join(home, "Library", "Caches", "tsimm");
  if (platform === "win32") return join(local || join(home, "AppData", "Local"), "tsimm", "Cache");
  return join(home, ".cache", "tsimm");
}
