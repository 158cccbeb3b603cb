import { answer } from "./answer.ts";
import { toJsonText } from "./json-text.ts";
import { lines } from "./lines.ts";

/** One JSON case a line on stdin, one JSON answer a line on stdout, in order, each written before the next is read. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // Nobody reads the answers any more.
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

for await (const line of lines(process.stdin)) {
  const text = `${toJsonText(await answer(line))}\n`;
  if (!process.stdout.write(text)) await new Promise((resolve) => process.stdout.once("drain", resolve));
}
