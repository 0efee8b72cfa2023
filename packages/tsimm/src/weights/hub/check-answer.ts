/** Answers of a hub that are refusals. */
import { printable } from "../../text/printable.ts";
import { HubError } from "./hub-error.ts";
import type { HubSettings } from "./hub-settings.ts";
import type { Repository } from "./repository.ts";

/**
 * Throws for an answer that is no success.
 *
 * @throws HubError that names repository and file, and what to do.
 */
export async function checkAnswer(
  response: Response,
  { id, revision }: Repository,
  file: string,
  { endpoint, token }: Pick<HubSettings, "endpoint" | "token">,
): Promise<void> {
  if (response.ok) return;
  await response.body?.cancel();
  const { status } = response;
  const code = response.headers.get("x-error-code") ?? "";
  const { host } = new URL(endpoint);
  const at = revision === "main" ? id : `${id}@${revision}`;
  if (code === "EntryNotFound" || (status === 404 && code === "")) {
    throw new HubError("file", `${at} on ${host} has no ${file} (${status})`);
  }
  if (code === "RevisionNotFound") {
    throw new HubError("revision", `${id} on ${host} has no revision ${revision} (${status})`);
  }
  if (status === 401 && token === null) {
    throw new HubError(
      "refused",
      `${host} refuses ${id} (401): there is no such repository, or it is private; set HF_TOKEN to a token that may read it`,
    );
  }
  if (status === 401 || status === 403) {
    const gated = code === "GatedRepo" ? `; accept its conditions at ${endpoint}/${id}` : "";
    const asked = token === null ? "set HF_TOKEN to a token" : "HF_TOKEN must be a token";
    throw new HubError("refused", `${host} refuses ${id} (${status}): ${asked} that may read it${gated}`);
  }
  if (code === "RepoNotFound" || status === 404) {
    throw new HubError("repository", `${host} has no repository ${id} (${status})`);
  }
  const words = printable((response.headers.get("x-error-message") ?? "").slice(0, 200));
  const kind = status === 429 || status >= 500 ? "busy" : "unreachable";
  throw new HubError(kind, `${host} answers ${status}${words && ` (${words})`} to ${file} of ${at}`);
}
