import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Environment, hubSettings } from "./hub-settings.ts";

const empty = { HF_TOKEN_PATH: "/nowhere/token" };

test.each<[Environment, string]>([
  [{}, join(homedir(), ".cache", "huggingface", "hub")],
  [{ XDG_CACHE_HOME: "/x" }, "/x/huggingface/hub"],
  [{ HF_HOME: "/h", XDG_CACHE_HOME: "/x" }, "/h/hub"],
  [{ HF_HOME: "~/h" }, join(homedir(), "h", "hub")],
  [{ HF_HOME: "/h", HUGGINGFACE_HUB_CACHE: "/old" }, "/old"],
  [{ HUGGINGFACE_HUB_CACHE: "/old", HF_HUB_CACHE: "/c" }, "/c"],
])("%o: the cache is %s", async (env, cacheFolder) => {
  expect((await hubSettings({ ...empty, ...env })).cacheFolder).toBe(cacheFolder);
});

test("the defaults are Python's", async () => {
  expect(await hubSettings(empty)).toMatchObject({
    ...{ endpoint: "https://huggingface.co", token: null, offline: false },
    ...{ metadataTimeout: 10_000, downloadTimeout: 10_000 },
  });
});

test("mirror, switches and times come from the environment", async () => {
  const env = {
    ...{ ...empty, HF_ENDPOINT: "https://mirror.example/", HF_HUB_OFFLINE: "yes", HF_TOKEN: " hf_a \n" },
    ...{ HF_HUB_ETAG_TIMEOUT: "3", HF_HUB_DOWNLOAD_TIMEOUT: "0.5" },
  };
  expect(await hubSettings(env)).toMatchObject({
    ...{ endpoint: "https://mirror.example", token: "hf_a", offline: true },
    ...{ metadataTimeout: 3000, downloadTimeout: 500 },
  });
});

test("a stored token is read, unless that is switched off", async () => {
  const home = await mkdtemp(join(tmpdir(), "tsimm-token-"));
  onTestFinished(() => rm(home, { recursive: true }));
  await writeFile(join(home, "token"), "hf_stored\n");
  expect((await hubSettings({ HF_HOME: home })).token).toBe("hf_stored");
  expect((await hubSettings({ HF_HOME: home, HF_TOKEN: "hf_given" })).token).toBe("hf_given");
  expect((await hubSettings({ HF_HOME: home, HF_HUB_DISABLE_IMPLICIT_TOKEN: "1" })).token).toBeNull();
});

test("what is no address or no token is refused, without showing the token", async () => {
  await expect(hubSettings({ ...empty, HF_ENDPOINT: "mirror" })).rejects.toThrow(
    'hub: HF_ENDPOINT must be an address such as https://huggingface.co, got "mirror"',
  );
  const error = await hubSettings({ HF_TOKEN: "hf_a\nhf_b" }).catch((one: Error) => one);
  expect((error as Error).message).toBe(
    "hub: HF_TOKEN must be an access token in one line without blanks, got something else; copy it again",
  );
});
