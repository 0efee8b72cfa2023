/** Errors of a hub and of the way to it. */

/**
 * Why a file of a hub cannot be had:
 * `repository`, `revision` or `file`: it is not there; `refused`: a token is needed, or another one; `unreachable`: no
 * connection, no answer in time or a broken one; `busy`: the hub cannot answer now; `offline`: the network is switched off; `damaged`: other bytes than
 * announced; `disk`: the cache cannot be written.
 */
export type HubErrorKind =
  | "repository"
  | "revision"
  | "file"
  | "refused"
  | "unreachable"
  | "busy"
  | "offline"
  | "damaged"
  | "disk";

/** A file of a hub cannot be had. */
export class HubError extends Error {
  override readonly name = "HubError";
  readonly kind: HubErrorKind;

  /** @param message - The whole reason, for a person. */
  constructor(kind: HubErrorKind, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.kind = kind;
  }
}

/** Whether an error may be gone at another try. */
export function mayPass(error: unknown): error is HubError {
  return error instanceof HubError && (error.kind === "unreachable" || error.kind === "busy");
}
