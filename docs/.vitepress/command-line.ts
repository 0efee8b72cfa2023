/** Pages of the commands, from what commander knows of them. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Command, Option } from "commander";
import type { GeneratedPage } from "./api/pages.ts";
import { commandExamples } from "./command-examples.ts";
import { groupBy } from "./group-by.ts";

/** One page per command, in the order of `tsimm --help`, and one that lists them. */
export async function commandPages(root: string): Promise<GeneratedPage[]> {
  const commands = await loadCommands(root);
  const rows = commands.map((command) => {
    const name = command.name();
    return `- [\`tsimm ${name}\`](/command-line/${name}): ${markdown(command.description())}`;
  });
  const index = `# Command line

\`npx tsimm <command>\`. Flags have timm's names where timm has them; \`tsimm <command> --help\` prints what stands here.
A flag may be shortened as long as it stays unique, and \`--debug\` adds the stack to an error.

${rows.join("\n")}
`;
  return [
    { address: "/command-line/index", title: "Command line", markdown: index },
    ...commands.map(commandPage),
  ];
}

/** The commands with their options, from the built package. */
export async function loadCommands(root: string): Promise<Command[]> {
  const built = (path: string) => import(pathToFileURL(join(root, "packages/tsimm/dist/cli", path)).href);
  const { commandHeads } = await built("command-heads.js");
  const { loadCommand } = await built("commands/load-command.js");
  return Promise.all(Object.keys(commandHeads).map((name) => loadCommand(name)));
}

function commandPage(command: Command): GeneratedPage {
  const name = command.name();
  const help = command.createHelp();
  const groups = groupBy(
    help.visibleOptions(command),
    ({ helpGroupHeading }) => helpGroupHeading ?? "Options:",
  );
  const sections = [...groups].map(([heading, options]) => {
    const rows = options.map((option) => optionText(option, help.optionDescription(option)));
    return `## ${heading.replace(/:$/, "")}\n\n${definitions(rows)}`;
  });
  const argumentRows = command.registeredArguments.map(
    (argument) => [help.argumentTerm(argument), markdown(help.argumentDescription(argument))] as const,
  );
  const parts = [
    `---\noutline: 2\n---\n\n# tsimm ${name}`,
    markdown(command.description()),
    `\`\`\`sh\nnpx tsimm ${name} ${command.usage()}\n\`\`\``,
    examplesText(name),
    argumentRows.length === 0 ? "" : `## Arguments\n\n${definitions(argumentRows)}`,
    ...sections,
    textBelow(command),
  ];
  return {
    address: `/command-line/${name}`,
    title: name,
    markdown: `${parts.filter((part) => part !== "").join("\n\n")}\n`,
  };
}

function examplesText(name: string): string {
  const examples = commandExamples[name] ?? [];
  if (examples.length === 0) return "";
  const texts = examples.map(({ purpose, command }) => `${purpose}:\n\n\`\`\`sh\n${command}\n\`\`\``);
  return `## Examples\n\n${texts.join("\n\n")}`;
}

/** What `--help` prints below the options, where there is something. */
function textBelow(command: Command): string {
  let text = "";
  command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
  const below = text.slice(command.helpInformation().length).trim();
  return below === "" ? "" : `## Remarks\n\n${markdown(below).replaceAll(/\n */g, "\n\n")}`;
}

/** A flag, and its description with choices and default. */
function optionText(option: Option, description: string): readonly [string, string] {
  return [option.flags, markdown(description)];
}

function definitions(rows: readonly (readonly [string, string])[]): string {
  const items = rows.map(
    ([term, text]) => `<dt id="${anchorOf(term)}">\n\n\`${term}\`\n\n</dt>\n<dd>\n\n${text}\n\n</dd>`,
  );
  return `<dl class="flags">\n${items.join("\n")}\n</dl>`;
}

/** `-c, --config <file>` has the anchor `config`. */
function anchorOf(term: string): string {
  return /--([\w-]+)/.exec(term)?.[1] ?? term.replaceAll(/\W+/g, "-");
}

/** Plain text as Markdown. */
function markdown(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll("{{", "&#123;&#123;")
    .replace(/[$*_[\]|~`]/g, "\\$&");
}
