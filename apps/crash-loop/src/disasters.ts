import { kills } from "./kill/kills-command.ts";
import { network } from "./network/network-command.ts";
import { scenes } from "./scenes/scenes-command.ts";
import { transcript } from "./transcript/transcript-command.ts";

const [name = "kills", ...rest] = process.argv.slice(2);
const commands: Readonly<Record<string, (args: readonly string[]) => Promise<boolean>>> = {
  kills,
  network,
  scenes,
  transcript,
};
const known = commands[name];
if (known === undefined) {
  process.stderr.write(`Expected one of ${Object.keys(commands).join(", ")}, got "${name}"\n`);
  process.exit(2);
}
// Node has been seen to spin for ever while it put away what hundreds of reset connections had left: it is not asked to.
process.exit((await known(rest)) ? 0 : 1);
