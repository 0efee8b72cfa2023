/** Order of the pages. Each page under `docs/` needs its line here. */
import type { DefaultTheme } from "vitepress";

/** Links at the top of every page. */
export const navigation: DefaultTheme.NavItem[] = [
  { text: "Tutorial", link: "/tutorial/step-lr-scheduler", activeMatch: "^/tutorial/" },
  { text: "Schedules", link: "/schedules/", activeMatch: "^/schedules/" },
];

/** Sections of the documentation, in reading order. */
export const sidebar: DefaultTheme.SidebarItem[] = [
  { text: "Start", items: [{ text: "What is tsimm?", link: "/" }] },
  { text: "Tutorial", items: [{ text: "StepLRScheduler", link: "/tutorial/step-lr-scheduler" }] },
  { text: "Schedules", items: [] },
  { text: "Guides", items: [] },
];
