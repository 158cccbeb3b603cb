import { WriterError } from "../errors.ts";

/**
 * Checks the name of a job and brings it into Unicode's composed form, in which names that look the same are the same.
 *
 * Any text of 1 to 200 characters does, but for control and invisible characters, halves of characters, and blanks at
 * the ends: nobody could tell such names apart. Slashes and dots are fine, since a name is never used as a path.
 *
 * @throws WriterError `invalid-job`
 */
export function checkJobName(job: string): string {
  if (typeof job !== "string") throw invalid(job, "a text");
  const name = job.normalize("NFC");
  if (name.length === 0 || name.length > longestName) throw invalid(job, `1 to ${longestName} characters`);
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u.test(name)) {
    throw invalid(job, "no control or invisible characters");
  }
  if (name.trim() !== name) throw invalid(job, "no blanks at its ends");
  return name;
}

const longestName = 200;

function invalid(job: unknown, expected: string): WriterError {
  const shown = JSON.stringify(typeof job === "string" ? job.slice(0, 80) : typeof job).replace(
    /[^\x20-\x7e]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
  return new WriterError(`Expected the name of a job to have ${expected}, got ${shown}`, {
    code: "invalid-job",
  });
}
