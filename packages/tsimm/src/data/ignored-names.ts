/** Names that file managers, operating systems, network drives and notebooks leave beside images. */

/** In lower case; any case counts. */
const SYSTEM_NAMES: ReadonlySet<string> = new Set([
  ...["thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "icon\r", "desktop db", "desktop df"],
  ...["$recycle.bin", "system volume information", "lost+found", "lost.dir", "found.000"],
  ...["@eadir", "@tmp", "@recycle", "@recently-snapshot", "@__thumb", "#recycle", "#snapshot", "~snapshot"],
  ...["__macosx", "__pycache__", "network trash folder", "temporary items", "thevolumesettingsfolder"],
]);

/**
 * Whether a file or folder is hidden (`.ipynb_checkpoints`, `._cat.png`) or the system's own (`@eaDir`, `Thumbs.db`),
 * and so neither a class nor an image.
 *
 * @param name - Name without the folders above it.
 */
export function isIgnoredName(name: string): boolean {
  return name.startsWith(".") || SYSTEM_NAMES.has(name.toLowerCase());
}
