import { FilesError } from "../errors.ts";

/** What a text's bytes mean: the label of an encoding, and how many bytes of a byte order mark come first. */
export interface FoundEncoding {
  /** `utf-8` or any other label of the Encoding standard, in lower case. */
  readonly label: string;
  readonly markBytes: number;
}

/**
 * The encoding of a text: the one that was said, or else UTF-8 unless its mark says UTF-16.
 *
 * @throws FilesError `invalid-option` for a label that is not known
 */
export function encodingOf(said: string, head: Uint8Array): FoundEncoding {
  const mark = marks.find(({ bytes }) => bytes.every((byte, at) => head[at] === byte));
  const label = said === "auto" ? (mark?.label ?? "utf-8") : labelOf(said);
  return { label, markBytes: mark?.label === label ? mark.bytes.length : 0 };
}

function labelOf(said: string): string {
  try {
    return new TextDecoder(said).encoding;
  } catch (cause) {
    throw new FilesError("invalid-option", `Expected an encoding such as utf-8 or gb18030, got "${said}"`, {
      cause,
    });
  }
}

const marks: readonly { readonly label: string; readonly bytes: readonly number[] }[] = [
  { label: "utf-8", bytes: [0xef, 0xbb, 0xbf] },
  { label: "utf-16le", bytes: [0xff, 0xfe] },
  { label: "utf-16be", bytes: [0xfe, 0xff] },
];
