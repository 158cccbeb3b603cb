import { FilesError } from "../errors.ts";

/** Says in a sentence why a file could not be opened or read; errors of this package pass unchanged. */
export function explainReadError(name: string, error: unknown): FilesError {
  if (error instanceof FilesError) return error;
  const facts = { position: { file: name }, cause: error };
  switch ((error as NodeJS.ErrnoException).code) {
    case "ENOENT":
    case "ENOTDIR":
      return new FilesError("file-not-found", `${name}: there is no such file.`, facts);
    case "EACCES":
    case "EPERM":
      return new FilesError("file-unreadable", `${name}: the file may not be read by this user.`, facts);
    case "EISDIR":
      return new FilesError("not-a-file", `${name} is a directory.`, facts);
    default:
      return new FilesError(
        "file-unreadable",
        `${name}: the file cannot be read (${(error as Error).message}).`,
        facts,
      );
  }
}
