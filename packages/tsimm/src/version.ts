/** The version of this package. */

/** Version of tsimm, as `package.json` has it; written out, since a page has no file system to read that from. */
export const version: string = "0.1.0";
