/** What is put into texts that are JSON, for parsers to stumble over. */
export const jsonWords: readonly string[] = [
  "null",
  "[]",
  "{}",
  "-1",
  "1e999",
  "9007199254740993",
  '"',
  "true",
  "[[",
  '"__proto__":',
  "\\u0000",
];
