import { expect, test } from "vitest";
import { eventFileName } from "./new-event-file.ts";

const writer = { seconds: 1700000000.9, hostname: "gpu-7.lab", pid: 42, index: 3 };

test("has the seconds, the computer, the process and the index", () => {
  expect(eventFileName(["summary.csv"], writer)).toBe("events.out.tfevents.1700000000.gpu-7.lab.42.3");
});

test("comes after every event file that is there, also when the clock was set back", () => {
  const present = ["events.out.tfevents.1700000005.a.1.0", "events.out.tfevents.1600000000.b.1.0"];
  expect(eventFileName(present, writer)).toBe("events.out.tfevents.1700000006.gpu-7.lab.42.3");
  expect(eventFileName(["events.out.tfevents.odd"], writer)).toContain(".1700000000.");
});

test("seconds have ten digits, as TensorFlow writes them", () => {
  expect(eventFileName([], { ...writer, seconds: 12 })).toBe("events.out.tfevents.0000000012.gpu-7.lab.42.3");
});

test.each([
  ["", "localhost"],
  ["a/b\\c:d e\n", "a_b_c_d_e_"],
  ["größe", "gr__e"],
])("a computer called %j is %s in the name", (hostname, part) => {
  expect(eventFileName([], { ...writer, hostname })).toBe(`events.out.tfevents.1700000000.${part}.42.3`);
});
