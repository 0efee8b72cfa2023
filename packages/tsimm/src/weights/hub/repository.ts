/** Names of repositories on a hub. */
import { printable } from "../../text/printable.ts";

/** A repository at one of its revisions. */
export interface Repository {
  /** `owner/name`. */
  readonly id: string;
  /** Branch, tag or commit. */
  readonly revision: string;
}

/** One part of a name: letters, digits, - _ . without dots or dashes at its ends. */
const PART = /^(?![-.])[\w.-]{1,96}(?<![-.])$/;
/** A branch or tag such as `main` or `refs/pr/1`, or a commit. */
const REVISION = /^\w[\w.-]*(\/\w[\w.-]*){0,8}$/;

/**
 * Reads `owner/name` or `owner/name@revision`.
 *
 * @param where - Function named in errors.
 * @throws RangeError for a name that no repository can have.
 * @example
 * parseRepository("here", "timm/resnet18.a1_in1k"); // => { id: "timm/resnet18.a1_in1k", revision: "main" }
 */
export function parseRepository(where: string, text: string): Repository {
  const [id = "", revision = "main", ...more] = text.split("@");
  const parts = id.split("/");
  const isName = parts.length <= 2 && parts.every((part) => PART.test(part)) && !/--|\.\.|\.git$/.test(id);
  if (isName && REVISION.test(revision) && !revision.includes("..") && more.length === 0) {
    return { id, revision };
  }
  throw new RangeError(
    `${where}: name must be hf-hub:owner/name or hf-hub:owner/name@revision, got "hf-hub:${printable(text)}"`,
  );
}
