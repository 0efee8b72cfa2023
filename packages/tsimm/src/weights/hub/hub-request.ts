/** Requests to a hub: redirects, the token and time limits. */
import { printable } from "../../text/printable.ts";
import { HubError } from "./hub-error.ts";
import type { HubSettings } from "./hub-settings.ts";

/** Options of {@link hubRequest}. */
export interface HubRequestOptions {
  readonly method: "GET" | "HEAD" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds to wait for the headers of the answer, all redirects together. */
  readonly timeout: number;
  /** Whether a redirect is the answer; absent: all are followed. */
  readonly isAnswer?: (response: Response) => boolean;
  /** Ends the request, also while the body is read. */
  readonly signal?: AbortSignal;
}

/** An answer, and the address that gave it. */
export interface HubAnswer {
  readonly response: Response;
  readonly url: URL;
}

const MOST_REDIRECTS = 10;

/**
 * Sends a request. The token goes to the hub's own origin only, whatever a redirect says; a redirect that leaves https,
 * goes in a circle or on and on is refused.
 *
 * @param address - Where to begin.
 * @throws HubError `unreachable` if no answer comes, in time.
 */
export async function hubRequest(
  address: string,
  settings: HubSettings,
  { method, headers = {}, body, timeout, isAnswer, signal }: HubRequestOptions,
): Promise<HubAnswer> {
  const own = new URL(settings.endpoint).origin;
  const timer = new AbortController();
  const clock = setTimeout(() => timer.abort(), timeout);
  const signals = signal === undefined ? [timer.signal] : [timer.signal, signal];
  let url = new URL(address);
  const seen = new Set<string>();
  try {
    for (;;) {
      checkCircle(url, seen);
      const authorization =
        settings.token !== null && url.origin === own ? { authorization: `Bearer ${settings.token}` } : {};
      const response = await fetch(url, {
        method,
        redirect: "manual",
        signal: AbortSignal.any(signals),
        headers: { "accept-encoding": "identity", "user-agent": "tsimm", ...headers, ...authorization },
        ...(body === undefined ? {} : { body }),
      });
      const location = response.headers.get("location");
      const isRedirect = [301, 302, 303, 307, 308].includes(response.status) && location !== null;
      if (!isRedirect || isAnswer?.(response)) return { response, url };
      await response.body?.cancel();
      url = target(url, location);
    }
  } catch (error) {
    if (error instanceof HubError) throw error;
    if (timer.signal.aborted) {
      throw new HubError("unreachable", `no answer from ${url.host} in ${timeout / 1000} s`, {
        cause: error,
      });
    }
    throw new HubError("unreachable", `no connection to ${url.host} (${reasonOf(error)})`, { cause: error });
  } finally {
    clearTimeout(clock);
  }
}

/** The code or the words of what stopped a request. */
export function reasonOf(error: unknown): string {
  const { cause, message } = error as { cause?: { code?: string; message?: string }; message?: string };
  return printable(cause?.code ?? cause?.message ?? message ?? String(error));
}

function checkCircle(url: URL, seen: Set<string>): void {
  if (seen.has(url.href)) {
    throw new HubError("unreachable", `${url.host} redirects in a circle: ${shortUrl(url)}`);
  }
  seen.add(url.href);
  if (seen.size > MOST_REDIRECTS + 1) {
    throw new HubError("unreachable", `more than ${MOST_REDIRECTS} redirects, the last to ${shortUrl(url)}`);
  }
}

function target(from: URL, location: string): URL {
  const to = URL.canParse(location, from) ? new URL(location, from) : null;
  const isAllowed = to !== null && (to.protocol === "https:" || to.protocol === from.protocol);
  if (isAllowed) return to;
  throw new HubError(
    "unreachable",
    `${from.host} redirects to an address that is not allowed: ${printable(location.slice(0, 200))}`,
  );
}

/** Without what may be a signature. */
function shortUrl({ origin, pathname }: URL): string {
  return printable(`${origin}${pathname}`.slice(0, 200));
}
