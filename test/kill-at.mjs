/**
 * Preloaded by `node --import`: kills the process before the KILL_AT-th change to the folder KILL_FOLDER, as a power
 * cut would; with FAIL_CODE=ENOSPC that change and those after it fail, as on a full disk, but for removals. Without
 * KILL_AT it only counts; at exit the count is written to KILL_COUNT. With KILL_NAME only changes to files whose path
 * has it count.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { sep } from "node:path";
import { isMainThread } from "node:worker_threads";

const { KILL_AT, KILL_FOLDER = "", KILL_COUNT, KILL_NAME = "", FAIL_CODE } = process.env;
const changes = ["rename", "link", "copyFile", "rm", "rmdir", "mkdir", "open", "writeFile"];
let count = 0;

for (const name of changes) {
  const original = fs.promises[name];
  fs.promises[name] = (...words) => {
    const inside = words.some(
      (word) =>
        typeof word === "string" &&
        `${word}${sep}`.startsWith(KILL_FOLDER + sep) &&
        word.slice(KILL_FOLDER.length).includes(KILL_NAME),
    );
    // Reading changes nothing.
    const reads = name === "open" && (typeof words[1] !== "string" || words[1] === "r");
    if (inside && !reads) {
      count++;
      if (FAIL_CODE && count >= Number(KILL_AT) && name !== "rm" && name !== "rmdir") {
        return Promise.reject(
          Object.assign(new Error(`${FAIL_CODE}: injected, ${name}`), { code: FAIL_CODE }),
        );
      }
      if (!FAIL_CODE && count === Number(KILL_AT)) process.kill(process.pid, "SIGKILL");
    }
    return original(...words);
  };
}
syncBuiltinESMExports();

if (KILL_COUNT && !isMainThread) {
  process.on("exit", () => {
    if (count > 0) fs.writeFileSync(KILL_COUNT, String(count));
  });
}
