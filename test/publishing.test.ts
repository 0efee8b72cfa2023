/** What GitHub and npm act on: workflows call what exists, versions agree, and a release has its notes. */
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { run } from "./run.fixture.ts";

const repository = fileURLToPath(new URL("..", import.meta.url));
const text = (path: string) => readFile(join(repository, path), "utf8");
const manifest = async (folder: string) => JSON.parse(await text(join(folder, "package.json")));

const step = z.strictObject({
  id: z.string().optional(),
  name: z.string().optional(),
  if: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
  env: z.record(z.string(), z.string()).optional(),
});
const permissions = z.record(z.string(), z.enum(["read", "write"]));
const workflow = z.looseObject({
  permissions,
  jobs: z.record(
    z.string(),
    z.looseObject({
      "timeout-minutes": z.number().optional(),
      permissions: permissions.optional(),
      steps: z.array(step).optional(),
      uses: z.string().optional(),
    }),
  ),
});

const workflows = (await readdir(join(repository, ".github/workflows"))).map(
  (name) => `.github/workflows/${name}`,
);

describe.each(workflows)("%s", (path) => {
  let jobs: z.infer<typeof workflow>["jobs"] = {};
  let steps: z.infer<typeof step>[] = [];
  beforeAll(async () => {
    const read = workflow.parse(parse(await text(path)));
    jobs = read.jobs;
    steps = Object.values(jobs).flatMap((job) => job.steps ?? []);
    expect(read.permissions).toEqual({ contents: "read" });
  });

  test("calls scripts and programs that exist", async () => {
    const { scripts } = await manifest("");
    const commands = steps.flatMap(({ run: command }) => (command === undefined ? [] : [command]));
    const called = commands.flatMap((command) =>
      [...command.matchAll(/npm run (?:-s )?([\w:-]+)/g)].map(([, name]) => name),
    );
    expect(called.filter((name) => name === undefined || !(name in scripts))).toEqual([]);
    const programs = commands.flatMap((command) => [
      ...command.matchAll(/(?:^|node )(\.ci\/run|[\w./-]+\.mjs)/g),
    ]);
    for (const [, program = ""] of programs) await text(program);
    const workspaces = commands.flatMap((command) =>
      [...command.matchAll(/--workspace (\S+)/g)].map(([, name]) => name),
    );
    const names = await Promise.all(
      ["scheduler", "autodiff", "tsimm"].map((name) => manifest(`packages/${name}`)),
    );
    expect(workspaces.filter((name) => !names.some((found) => found.name === name))).toEqual([]);
  });

  test("takes actions of GitHub by their major version, keeps no credentials, and has a time limit", () => {
    const actions = steps.flatMap(({ uses }) => (uses === undefined ? [] : [uses]));
    expect(actions.filter((uses) => !/^actions\/[a-z-]+@v\d+$/.test(uses))).toEqual([]);
    const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout"));
    expect(checkouts.filter((checkout) => checkout.with?.["persist-credentials"] !== false)).toEqual([]);
    const unbounded = Object.values(jobs).filter((job) => job.uses === undefined && !job["timeout-minutes"]);
    expect(unbounded).toEqual([]);
  });
});

test("tests of pull requests and releases never see a secret but npm's, in one step", async () => {
  const texts = await Promise.all(workflows.map(text));
  expect(texts.flatMap((file) => file.match(/secrets\.\w+/g) ?? [])).toEqual(["secrets.NPM_TOKEN"]);
});

test("forms of issues have what GitHub asks for", async () => {
  const folder = ".github/ISSUE_TEMPLATE";
  const names = (await readdir(join(repository, folder))).filter((name) => name !== "config.yml");
  expect(names).toEqual(["1-bug.yml", "2-numbers.yml", "3-feature.yml"]);
  const field = z.discriminatedUnion("type", [
    z.looseObject({ type: z.literal("markdown"), attributes: z.strictObject({ value: z.string() }) }),
    z.looseObject({
      type: z.enum(["textarea", "input", "dropdown"]),
      id: z.string().regex(/^[\w-]+$/),
      attributes: z.looseObject({ label: z.string(), options: z.array(z.string()).optional() }),
    }),
  ]);
  const form = z.looseObject({ name: z.string(), description: z.string(), body: z.array(field).min(2) });
  for (const name of names) {
    const { body } = form.parse(parse(await text(`${folder}/${name}`)));
    const ids = body.flatMap((one) => (one.type === "markdown" ? [] : [one.id]));
    expect(new Set(ids).size, name).toBe(ids.length);
  }
});

describe("a release", () => {
  let folder = "";
  const node = (...words: string[]) => run(process.execPath, words, { cwd: folder });
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tsimm-release-"));
    const manifests = [
      "packages/scheduler",
      "packages/autodiff",
      "packages/tsimm",
      "apps/playground",
      "docs",
    ];
    const files = [
      ...["tools/release-notes.mjs", "tools/set-version.mjs", "CHANGELOG.md"],
      ...manifests.map((name) => `${name}/package.json`),
    ];
    for (const file of files) await cp(join(repository, file), join(folder, file), { recursive: true });
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("of the present version has notes, and packages that ask for each other's version", async () => {
    const { version } = await manifest("packages/tsimm");
    const { stdout } = await node("tools/release-notes.mjs", `v${version}`);
    expect(stdout).toMatch(/^\S[\s\S]*### Added\n/);
    expect(stdout).not.toMatch(/^## |\[Unreleased\]/m);
  });

  test("of the next version is refused until it is prepared", async () => {
    await expect(node("tools/release-notes.mjs", "v9.8.7")).rejects.toThrow(
      "release-notes: @tsimm/scheduler in packages/scheduler/package.json must be 9.8.7, got",
    );
    await node("tools/set-version.mjs", "9.8.7", "2030-01-02", "--no-lock");
    expect((await node("tools/release-notes.mjs", "v9.8.7")).stdout).toBeTypeOf("string");
    const changelog = await readFile(join(folder, "CHANGELOG.md"), "utf8");
    expect(changelog).toMatch(/^## \[Unreleased\]\n\n## \[9\.8\.7\] - 2030-01-02\n/m);
    await expect(node("tools/set-version.mjs", "next")).rejects.toThrow(
      'version must be like 0.2.0, got "next"',
    );
  });
});
