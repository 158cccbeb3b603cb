/** The bytes around an offset, sixteen a line, with a mark under the one at the offset. */
export function hexDump(bytes: Uint8Array, offset: number): readonly string[] {
  const first = Math.max(0, Math.floor(offset / 16) - 1) * 16;
  const lines: string[] = [];
  for (let start = first; start < Math.min(first + 48, bytes.length); start += 16) {
    const row = bytes.subarray(start, start + 16);
    const hex = Array.from(row, (byte) => byte.toString(16).padStart(2, "0"));
    const shown = Array.from(row, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "."));
    const name = start.toString(16).padStart(8, "0");
    lines.push(`${name}  ${hex.join(" ").padEnd(47)}  |${shown.join("")}|`);
    if (offset >= start && offset < start + 16) lines.push(`${" ".repeat(10 + (offset - start) * 3)}^^`);
  }
  if (offset >= bytes.length) lines.push(`${bytes.length.toString(16).padStart(8, "0")}  (the end)`);
  return lines;
}
