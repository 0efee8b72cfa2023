/** Pages that are files of the repository: PARITY.md, CHANGELOG.md. */
import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import type { GeneratedPage } from "./api/pages.ts";

const files = [
  { file: "PARITY.md", address: "/parity", title: "Parity with timm" },
  { file: "CHANGELOG.md", address: "/changelog", title: "Changelog" },
];

/** The pages; links to other files of the repository lead to GitHub. */
export function repositoryPages(root: string, repository: string): GeneratedPage[] {
  return files.map(({ file, address, title }) => {
    const text = readFileSync(join(root, file), "utf8");
    const linked = text.replace(
      /\]\((?!https?:|#)([^)\s#]+)(#[^)\s]*)?\)/g,
      (_, path: string, anchor = "") => {
        const own = files.find((each) => each.file === path);
        if (own !== undefined) return `](${own.address}${anchor})`;
        if (!existsSync(join(root, path)))
          throw new Error(`repositoryPages: ${file} links to ${path}, which is not there`);
        return `](${repository}/blob/main/${posix.normalize(path)}${anchor})`;
      },
    );
    return {
      address,
      title,
      markdown: `---\noutline: 2\npageClass: ${address.slice(1)}\n---\n\n${plainDollars(linked)}`,
    };
  });
}

/** In these files a dollar is no formula. */
function plainDollars(text: string): string {
  return text.replace(/(`+)[\s\S]*?\1|\$/g, (part) => (part === "$" ? "\\$" : part));
}
