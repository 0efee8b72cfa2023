/** The task that is meant where none is named, as in files of earlier versions. */

/** Its name. */
export const DEFAULT_TASK = "classification";
