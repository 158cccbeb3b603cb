/**
 * A text with nothing in it that a terminal would obey, but for the few things that this program itself asks of it:
 * names and messages come from files and servers, and may say anything.
 *
 * Control characters and those that turn the direction of writing are shown as `\u001b`. A line may begin with a
 * carriage return, as a progress line does.
 */
export function printableText(text: string): string {
  return text.replace(obeyed, (found, at: number) => {
    if (found === "\n" || found === "\t") return found;
    if (found === "\r" && (at === 0 || text[at + 1] === "\n")) return found;
    if (ours.some((sequence) => text.startsWith(sequence, at))) return found;
    return `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

const obeyed = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;
/** Red and back, and the rest of a line wiped out. */
const ours: readonly string[] = ["\u001b[31m", "\u001b[39m", "\u001b[K"];
