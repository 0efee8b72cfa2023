/** Doc comments as Markdown. */
import type { JSONOutput } from "typedoc";

/** Address of an export or of one of its members by typedoc's number, null where it has no page. */
export type AddressOf = (id: number) => string | null;

/** Markdown of the parts of a comment; links lead to their page. */
export function commentText(parts: readonly JSONOutput.CommentDisplayPart[], addressOf: AddressOf): string {
  return parts
    .map((part) => {
      if (part.kind === "text") return escaped(part.text);
      if (part.kind !== "inline-tag") return part.text;
      const address = typeof part.target === "number" ? addressOf(part.target) : null;
      return address === null ? `\`${part.text}\`` : `[\`${part.text}\`](${address})`;
    })
    .join("")
    .trim();
}

/** Contents of the tags of a name, e.g. `@throws`, as Markdown. */
export function tagTexts(
  comment: JSONOutput.Comment | undefined,
  tag: string,
  addressOf: AddressOf,
): string[] {
  return (comment?.blockTags ?? [])
    .filter((each) => each.tag === tag)
    .map(({ content }) => commentText(content, addressOf));
}

/** What Markdown, Vue and formulas would read otherwise. */
function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll("{{", "&#123;&#123;")
    .replace(/[$*_[\]|~]/g, "\\$&");
}
