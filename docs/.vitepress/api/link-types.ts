/** Links names in declarations to their page. */
import type { ShikiTransformer } from "shiki";
import { groupBy } from "../group-by.ts";
import type { ApiExport } from "./exports.ts";

/**
 * A transformer of code blocks ```` ```ts api=PACKAGE ````: the name of each exported type becomes a link. Of several packages that export a
 * name, the block's own comes first.
 *
 * @param exports - What can be linked to.
 * @param base - Path of the site, with a slash at both ends.
 */
export function linkTypes(exports: readonly ApiExport[], base: string): ShikiTransformer {
  const byName = groupBy(exports.filter(isType), ({ name }) => name);
  return {
    name: "link-types",
    span(node) {
      const packageName = /\bapi=(\S+)/.exec(String(this.options.meta?.["__raw"] ?? ""))?.[1];
      const [text] = node.children;
      if (packageName === undefined || text?.type !== "text") return;
      node.children = text.value.split(/\b([A-Za-z_]\w+)\b/).map((part) => {
        const found = byName.get(part);
        const target = found?.find((each) => each.packageName === packageName) ?? found?.[0];
        if (target === undefined) return { type: "text", value: part };
        const href = `${base}${target.page.slice(1)}.html#${target.name}`;
        return {
          type: "element",
          tagName: "a",
          properties: { href },
          children: [{ type: "text", value: part }],
        };
      });
    },
  };
}

// typedoc's kinds of classes, interfaces and type aliases.
const TYPE_KINDS = [128, 256, 2_097_152];

function isType({ reflection }: ApiExport): boolean {
  return TYPE_KINDS.includes(reflection.kind);
}
