import type { Segment, State } from "./state.ts";

/** Counts one more owner of each file. */
export function retainFiles(state: State, segments: Iterable<Segment>): void {
  for (const { file } of segments) {
    state.files.set(file, (state.files.get(file) ?? 0) + 1);
  }
}

/** Counts one owner less of each file and adds those left without any to `released`. */
export function releaseFiles(state: State, segments: Iterable<Segment>, released: string[]): void {
  for (const { file } of segments) {
    const owners = (state.files.get(file) ?? 0) - 1;
    if (owners > 0) {
      state.files.set(file, owners);
    } else {
      state.files.delete(file);
      released.push(file);
    }
  }
}
