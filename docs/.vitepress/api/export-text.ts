/** An export as Markdown: declaration, purpose, parameters, example, source. */
import { join } from "node:path";
import type { JSONOutput } from "typedoc";
import { type AddressOf, commentText, tagTexts } from "./comments.ts";
import { declarationText } from "./declarations.ts";
import type { ApiExport } from "./exports.ts";

/**
 * Markdown of an export, under a heading of its name.
 *
 * @param all - All exports: a type without an example leads to one that takes or gives it.
 */
export function exportText(
  root: string,
  entry: ApiExport,
  all: readonly ApiExport[],
  addressOf: AddressOf,
): string {
  const { name, packageName, file, line, url, modules, reflection } = entry;
  const comment = commentOf(reflection);
  const examples = tagTexts(comment, "@example", addressOf);
  const within = file.split("/").slice(3).join("/");
  const from = modules.map((specifier) => `\`${specifier}\``).join(", ");
  return [
    `## ${name} {#${name}}`,
    `\`\`\`ts api=${packageName}\n${declarationText(join(root, file), name)}\n\`\`\``,
    `<div class="api-source">\n\nin ${from} · [${within}:${line}](${url})\n\n</div>`,
    commentText(comment?.summary ?? [], addressOf),
    callText(reflection, addressOf),
    memberList(reflection, addressOf),
    ...(examples.length > 0 ? examples : [exampleElsewhere(root, entry, all)]),
    ...tagTexts(comment, "@see", addressOf).map((text) => `See ${text.replace(/^[-\s]+/, "")}`),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** First sentence, for lists of exports. */
export function summaryLine({ reflection }: ApiExport, addressOf: AddressOf): string {
  const text = commentText(commentOf(reflection)?.summary ?? [], addressOf).replaceAll(/\s+/g, " ");
  return /^.*?[.:;](?= |$)/.exec(text)?.[0].replace(/[:;]$/, ".") ?? text;
}

/** The comment of a declaration; that of a function stands at its first signature. */
export function commentOf(reflection: JSONOutput.DeclarationReflection): JSONOutput.Comment | undefined {
  return reflection.comment ?? reflection.signatures?.find(({ comment }) => comment !== undefined)?.comment;
}

/** Link to the nearest export with an example whose declaration names this one; empty: there is none. */
function exampleElsewhere(root: string, { name, page, file }: ApiExport, all: readonly ApiExport[]): string {
  const distance = (other: ApiExport) => (other.file === file ? 0 : other.page === page ? 1 : 2);
  const [nearest] = all
    .filter(
      (other) =>
        other.name !== name &&
        commentOf(other.reflection)?.blockTags?.some(({ tag }) => tag === "@example") &&
        new RegExp(`\\b${name}\\b`).test(declarationText(join(root, other.file), other.name)),
    )
    .sort((one, other) => distance(one) - distance(other));
  return nearest === undefined ? "" : `Example: [\`${nearest.name}\`](${nearest.page}#${nearest.name})`;
}

/** Parameters, value and errors of a function or method; of a class, those of its constructor. */
function callText(reflection: JSONOutput.DeclarationReflection, addressOf: AddressOf): string {
  const creation = reflection.children?.find(({ name }) => name === "constructor");
  const signature = (reflection.signatures ?? creation?.signatures)?.[0];
  const comments = [signature?.comment, ...(signature === undefined ? [reflection.comment] : [])];
  const lines = (signature?.parameters ?? []).flatMap(({ name, comment }) => {
    const text = commentText(comment?.summary ?? [], addressOf);
    return text === "" ? [] : [`\`${name}\`: ${text}`];
  });
  for (const comment of comments) {
    lines.push(...tagTexts(comment, "@returns", addressOf).map((text) => `**Returns** ${text}`));
    lines.push(...tagTexts(comment, "@throws", addressOf).map((text) => `**Throws** ${text}`));
  }
  return list(lines);
}

function memberList(reflection: JSONOutput.DeclarationReflection, addressOf: AddressOf): string {
  const literal = reflection.type?.type === "reflection" ? reflection.type.declaration : undefined;
  const members = reflection.children ?? literal?.children ?? [];
  return list(
    members
      .filter(({ name, flags }) => name !== "constructor" && !flags.isInherited)
      .flatMap((member) => {
        const comment = commentOf(member) ?? member.getSignature?.comment;
        const text = commentText(comment?.summary ?? [], addressOf);
        const called = member.signatures === undefined ? "" : "()";
        const details = callText(member, addressOf);
        return text === "" && details === ""
          ? []
          : [`\`${member.name}${called}\`: ${text}\n${details}`.trim()];
      }),
  );
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item.replaceAll("\n", "\n  ")}`).join("\n");
}
