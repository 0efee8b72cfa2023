/** "Coming from": how schedules of other libraries are written here, read from the prose. */
import type { Prose } from "./prose.ts";

/** A schedule of another library. */
export interface ForeignSchedule {
  /** Library: PyTorch, Keras or optax. */
  readonly library: string;
  /** Its name there with a remark, without the library, in Markdown. */
  readonly name: string;
  /** Anchor of its heading. */
  readonly anchor: string;
  /** Block of Python. */
  readonly python: string;
  /** Block of TypeScript that gives the same rates. */
  readonly typescript: string;
}

/** Heading of the section. */
export const COMING_FROM = "Coming from";

/** Libraries, in the order of the pages. */
export const libraries = ["PyTorch", "Keras", "optax"] as const;

/**
 * Lists what a page says of other libraries.
 *
 * @throws Error for a heading of a library that is not known, or one without both blocks.
 */
export function foreignSchedules({ sections }: Prose): ForeignSchedule[] {
  // Text before the first heading belongs to none.
  const parts = (sections.get(COMING_FROM) ?? "").split(/^(?=### )/m).filter((part) => part.startsWith("#"));
  return parts.map((part) => {
    const heading = /^### (.*)/.exec(part)?.[1] ?? "";
    const [library = ""] = heading.split(" ");
    const [python, typescript] = ["python", "ts"].map((language) => blockOf(part, language));
    const isKnown = libraries.some((one) => one === library);
    if (!isKnown || python === undefined || typescript === undefined) {
      throw new Error(`foreignSchedules: "${heading}" must begin with a library and have both blocks`);
    }
    const name = heading.slice(library.length + 1);
    return { library, name, anchor: anchorOf(heading), python, typescript };
  });
}

/** The section with each pair of blocks as tabs, and anchors that stay. */
export function comingFromMarkdown(section: string): string {
  const withAnchors = section.replaceAll(/^### (.*)$/gm, (line, heading: string) => {
    return `${line} {#${anchorOf(heading)}}`;
  });
  return withAnchors.replaceAll(
    /^```python\n(.*?)^```\n+```ts\n(.*?)^```$/gms,
    (pair, _python, _typescript, at: number) => {
      const heading =
        withAnchors
          .slice(0, at)
          .match(/### (\S+)/g)
          ?.at(-1) ?? "";
      return tabs(pair, heading.replace("### ", ""));
    },
  );
}

/** A block of Python and one of TypeScript as tabs. */
export function tabs(blocks: string, python: string): string {
  const named = blocks
    .replace("```python\n", `\`\`\`python [${python}]\n`)
    .replace("```ts\n", "```ts [tsimm]\n");
  return `::: code-group\n\n${named}\n\n:::`;
}

function blockOf(text: string, language: string): string | undefined {
  return new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "ms").exec(text)?.[1];
}

function anchorOf(heading: string): string {
  return `from-${heading}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replace(/-$/, "");
}
