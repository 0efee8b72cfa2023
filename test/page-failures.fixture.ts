/** What a page should not do. */
import type { Page } from "playwright-core";

/**
 * Watches a page.
 *
 * @param folder - Address of a folder on the disk that the page is opened from, if it is.
 * @returns Grows by every request that fails or leaves the machine, every uncaught error and every line on the console.
 */
export function pageFailures(page: Page, folder: string | null = null): unknown[] {
  const failures: unknown[] = [];
  page.on("request", (request) => {
    const url = request.url();
    const isOwn = folder !== null && url.startsWith(folder);
    if (!isOwn && !/^(http:\/\/127\.0\.0\.1:|data:|blob:)/.test(url)) failures.push(url);
  });
  page.on("requestfailed", (request) => {
    // A page that is left stops what it still loads.
    if (request.failure()?.errorText !== "net::ERR_ABORTED") failures.push(request.url());
  });
  page.on("response", (response) => response.status() >= 400 && failures.push(response.url()));
  page.on("pageerror", (error) => failures.push(error));
  page.on("console", (message) => failures.push(message.text()));
  return failures;
}
