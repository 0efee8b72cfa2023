/** The page of a schedule, made from its definition, its source, and the prose if there is any. */
import { COMING_FROM, comingFromMarkdown } from "./coming-from.ts";
import { galleryMarkdown } from "./gallery.ts";
import { optionTables } from "./option-tables.ts";
import { type Prose, readProse } from "./prose.ts";
import { type Subject, subjectOf } from "./subject.ts";

/**
 * Writes the page of a schedule.
 *
 * @param name - Name of the schedule, or `FUNCTION_PAGE`.
 * @param prose - Default: that of `prose/<name>.md`; null: the generated parts alone.
 * @returns Markdown.
 * @throws RangeError for a name that no schedule has.
 */
export function schedulePage(name: string, prose: Prose | null = readProse(name)): string {
  const subject = subjectOf(name);
  const section = (title: string, text = prose?.sections.get(title)) => (text ? [`## ${title}`, text] : []);
  const own = prose?.sections.get(COMING_FROM);
  const parts = [
    `---\ntitle: ${titleOf(subject, prose)}\neditLink: false\n---`,
    '<script setup>\nimport "../.vitepress/schedules/pages.css";\n</script>',
    `# ${titleOf(subject, prose)}`,
    namesLine(subject),
    prose?.intro ?? plain(subject.functionFacts?.comment ?? subject.classFacts?.comment ?? ""),
    liveFigure(subject, prose),
    ...section("When to use it"),
    ...section("Formula"),
    ...section("Parameters", optionTables(subject)),
    ...section("Settings side by side", galleryMarkdown(subject, prose)),
    ...section("Pitfalls"),
    ...section(COMING_FROM, own && `${preface(own)}${comingFromMarkdown(own)}`),
    ...section("See also", seeAlso(subject)),
  ];
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}

/** Heading of a page. */
export function titleOf({ name, className }: Subject, prose: Prose | null): string {
  return prose?.title ?? className ?? name;
}

function namesLine({ name, definition, className, classFacts, functionFacts }: Subject): string {
  const names = [
    classFacts && `class [\`${className}\`](${classFacts.link})`,
    functionFacts && `function [\`${functionFacts.name}\`](${functionFacts.link})`,
    definition && `\`--sched ${name}\``,
    definition && (definition.traits.inTimm ? "in timm" : "beyond timm"),
  ];
  return `<div class="schedule-names">\n\n${names.filter(Boolean).join(" · ")}\n\n</div>`;
}

function liveFigure(subject: Subject, prose: Prose | null): string {
  const { name, definition } = subject;
  if (definition === null) return "";
  const { args = {}, controls = [] } = prose?.figure ?? {};
  const attributes = [
    `sched="${name}"`,
    `:args='${attribute(args)}'`,
    `:controls='${attribute(controls)}'`,
    `title="${titleOf(subject, prose)}"`,
    "code",
  ];
  return `<ScheduleFigure ${attributes.join(" ")} />`;
}

/** JSON within single quotes. */
function attribute(value: unknown): string {
  return JSON.stringify(value).replaceAll("'", "&#39;");
}

/** What the blocks below the heading take for granted. */
function preface(section: string): string {
  const about = [
    /^### PyTorch/m.test(section) &&
      "In the blocks of PyTorch, `optimizer` is `torch.optim.SGD` with a rate of 0.1, and `lr(t)` is its rate after t calls of `scheduler.step()`.",
    /^### (?:Keras|optax)/m.test(section) && "Those of Keras and optax are functions of the update.",
    "Every pair below gives the same rates: both were run and compared at each t.",
  ];
  return `${about.filter(Boolean).join(" ")}\n\n`;
}

function seeAlso({ definition, classFacts, functionFacts }: Subject): string {
  const sources = [...new Set([functionFacts?.see, classFacts?.see].filter(Boolean))].map(
    (see) => `- ${linked(see ?? "")}`,
  );
  const links = definition
    ? ["- [The playground](../playground), with this schedule and others in one figure"]
    : [];
  return [...links, "- [All schedules, and which to choose](./)", ...sources].join("\n");
}

function linked(see: string): string {
  return see.replaceAll(/arXiv:([\d.]+\d)/g, "[arXiv:$1](https://arxiv.org/abs/$1)");
}

/** A doc comment as Markdown. */
function plain(comment: string): string {
  return comment.replaceAll(/\{@link (\w+)\}/g, "`$1`").replaceAll("<", "&lt;");
}
