/** Lets the oldest Node that is supported run a TypeScript file, too; newer ones do it anyway. */
export const typeStripping: readonly string[] = ["--no-warnings", "--experimental-strip-types"];
