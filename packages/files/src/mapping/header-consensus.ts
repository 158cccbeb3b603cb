import { FilesError } from "../errors.ts";

/**
 * Sees to it that the inputs of one load agree on having a header when nobody said whether they do.
 *
 * A later part of a file that was split has no header, and its columns may be in the header's order: reading it by
 * position could put values into the wrong columns without a word.
 */
export class HeaderConsensus {
  #first: { readonly file: string; readonly hasHeader: boolean } | undefined;

  /** @throws FilesError `unclear-header` when this file differs from the first. */
  note(file: string, hasHeader: boolean): void {
    this.#first ??= { file, hasHeader };
    if (this.#first.hasHeader === hasHeader) return;
    const [withHeader, without] = hasHeader ? [file, this.#first.file] : [this.#first.file, file];
    throw new FilesError(
      "unclear-header",
      `${withHeader} begins with a header and ${without} does not, so how to read them together is unclear.`,
      { position: { file: withHeader, line: 1 } },
    );
  }
}
