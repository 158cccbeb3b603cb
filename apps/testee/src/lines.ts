/**
 * Splits a byte stream into lines at `\n` alone, because a JSON text may hold any other line separator as it stands.
 * Blank lines are left out; the last line need not be ended.
 */
export async function* lines(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let pending: Uint8Array[] = [];
  for await (const chunk of source) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      const line = join([...pending, chunk.subarray(start, end)]);
      pending = [];
      start = end + 1;
      if (!isBlank(line)) yield line;
    }
    if (start < chunk.length) pending.push(chunk.subarray(start));
  }
  const last = join(pending);
  if (!isBlank(last)) yield last;
}

const newline = 0x0a;

function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1 && parts[0] !== undefined) return parts[0];
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}
