/** An uncompressed archive with the tree of an image folder. */
import { openTarFolder } from "../tar-folder.ts";
import { labelledFolders } from "./labelled-folders.ts";
import { defineSource, type SourceDefinition } from "./source.ts";

/** `photos.tar` */
export const tarSource: SourceDefinition = defineSource({
  name: "tar",
  recognises: ({ dataDir, kind }) => kind === "file" && dataDir.toLowerCase().endsWith(".tar"),
  open: (options) => labelledFolders(openTarFolder, options),
});
