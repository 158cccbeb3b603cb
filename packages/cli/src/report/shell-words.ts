/** Joins words into a command that a shell reads back as the same words. */
export function shellCommand(...words: readonly string[]): string {
  return words.map((word) => (plainWord.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}

const plainWord = /^[\w@%+=:,./-]+$/;
